/** What a lab host and its VMs show to whoever inspects them. */

import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chainFiles } from '../../disks/chain.ts';
import type { DiskFacts } from '../../domain/disk.ts';
import type { HostFacts, VolumeFacts } from '../../domain/host.ts';
import { Problem } from '../../domain/problem.ts';
import type { AdapterFacts, VmFacts } from '../../domain/vm.ts';
import { type GuestStatus, guestStatus, isRunning } from './control.ts';
import { hostFolder, leafFile, type Place } from './layout.ts';
import { type LabDisk, type LabVm, type LabVolume, readHost, readVm, vmIds } from './state.ts';

/** A guest renames and merges its files between two reads, never for long. */
const LOOKS_MAX = 4;
const LOOK_MILLISECONDS = 25;

/** Checkpoints with this in front are Ferry's. */
const OURS = /^ferry /;
export const isOurs = (checkpointName: string): boolean => OURS.test(checkpointName);

export async function hostFacts(dir: string, host: string): Promise<HostFacts> {
  const { name, switches, networks, memoryBytesTotal, processors, slotsMax, ...state } =
    await readHost(dir, host);
  const volumes = await hostVolumes(dir, host);
  return {
    name,
    volumes,
    vmVolume: resolve(hostFolder(dir, host), state.vmVolume),
    switches,
    networks,
    memoryBytesTotal,
    memoryBytesFree: memoryBytesTotal - (await runningMemoryBytes(dir, host)),
    memoryBytesReserved: 0,
    processors,
    slotsMax,
    slotsUsed: 0,
    methods: ['stream'],
    vms: await allVms(dir, host),
  };
}

export async function hostVolumes(dir: string, host: string): Promise<VolumeFacts[]> {
  const { volumes } = await readHost(dir, host);
  return await Promise.all(volumes.map((volume) => volumeFacts(dir, host, volume)));
}

/** All VMs that are registered on a host. */
export async function allVms(dir: string, host: string): Promise<VmFacts[]> {
  const ids = await vmIds(dir, host);
  const vms = await Promise.all(ids.map((vmId) => vmFacts({ dir, host, vmId })));
  return vms.filter((vm) => vm !== undefined);
}

/** `undefined` when it is not registered. A chain that changes while it is read is read again. */
export async function vmFacts(place: Place): Promise<VmFacts | undefined> {
  for (let look = 1; ; look++) {
    const vm = await readVm(place);
    if (vm === undefined) return undefined;
    const disks = await Promise.all(vm.disks.map(diskFacts));
    const isSettled = disks.every(({ format }) => format !== 'unreadable') || look === LOOKS_MAX;
    if (isSettled) return shown(vm, disks, await guestStatus(place));
    await sleep(LOOK_MILLISECONDS);
  }
}

function shown(
  vm: LabVm,
  disks: readonly DiskFacts[],
  status: GuestStatus | 'silent' | undefined,
): VmFacts {
  const { id, name, generation, processors, memoryStartupBytes, startAction, notes } = vm;
  return {
    id,
    name,
    state: stateOf(status),
    generation,
    processors,
    memoryStartupBytes,
    memoryAssignedBytes: status === undefined ? 0 : memoryStartupBytes,
    disks,
    adapters: vm.adapters.map((adapter): AdapterFacts => {
      const shown = { name: adapter.name, mac: adapter.mac };
      return adapter.connected && !vm.unplugged ? { ...shown, switch: adapter.switch } : shown;
    }),
    checkpoints: vm.checkpoints.map((each) => ({
      id: each.id,
      name: each.name,
      ours: isOurs(each.name),
    })),
    startAction,
    notes,
    merging: vm.merging,
    ...(vm.domainController ? { domainController: true as const } : {}),
    ...(status === undefined ? {} : { guest: guestFacts(vm, status) }),
  };
}

/** Startup memory of all VMs that run here, in bytes. */
export async function runningMemoryBytes(dir: string, host: string): Promise<number> {
  let bytes = 0;
  for (const vmId of await vmIds(dir, host)) {
    const place = { dir, host, vmId };
    if (await isRunning(place)) bytes += (await readVm(place))?.memoryStartupBytes ?? 0;
  }
  return bytes;
}

function stateOf(status: GuestStatus | 'silent' | undefined): VmFacts['state'] {
  if (status === undefined) return 'Off';
  return status === 'silent' ? 'Running' : status.state;
}

/** The heartbeat is a record that the witness acknowledged since this start. */
function guestFacts(vm: LabVm, status: GuestStatus | 'silent') {
  const heartbeat = status !== 'silent' && status.acknowledged > 0;
  const last = (createHash('sha256').update(vm.id).digest()[0] ?? 0) % 200;
  const plugged = !vm.unplugged && vm.adapters.some(({ connected }) => connected);
  return { heartbeat, addresses: heartbeat && plugged ? [`10.0.1.${last + 20}`] : [] };
}

async function diskFacts(disk: LabDisk): Promise<DiskFacts> {
  const { id, path, virtualBytes } = disk;
  if (disk.passThrough)
    return { id, path, format: 'pass-through', virtualBytes, fileBytes: 0, chainLength: 1 };
  try {
    const files = await chainFiles(await leafFile(path));
    const format = files[0]?.format ?? 'unreadable';
    const fileBytes = files.reduce((bytes, file) => bytes + file.fileBytes, 0);
    return { id, path, format, virtualBytes, fileBytes, chainLength: files.length };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { id, path, format: 'unreadable', virtualBytes, fileBytes: 0, chainLength: 1 };
  }
}

async function volumeFacts(dir: string, host: string, volume: LabVolume): Promise<VolumeFacts> {
  const path = resolve(hostFolder(dir, host), volume.path);
  const { fileSystem, bytesTotal } = volume;
  const bytesFree = Math.max(0, bytesTotal - (await bytesBelow(path)));
  return { path, fileSystem, bytesTotal, bytesFree, bytesReserved: 0 };
}

/** Bytes of all files below a folder; a file that vanishes meanwhile counts nothing. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    bytes += found?.size ?? 0;
  }
  return bytes;
}
