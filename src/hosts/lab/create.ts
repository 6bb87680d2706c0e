/** Makes a lab: hosts in folders, and VMs with real disks. A lab that is there is left as it is. */

import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StartAction } from '../../domain/vm.ts';
import { exists } from '../files.ts';
import { linkages } from './checkpoints.ts';
import { createSeededDisk, type LabDiskOptions, seededGuid } from './content.ts';
import { hostFile, hostFolder, hostsFolder, labFile, vmFile, vmFolder } from './layout.ts';
import { type LabHostState, type LabVm, writeJson } from './state.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Where a host keeps its disks, below its own folder: the volume that takes VMs, and another one. */
const DISKS = 'disks';
const MORE_DISKS = 'more-disks';

export interface LabHostOptions extends Partial<Omit<LabHostState, 'name' | 'volumes'>> {
  readonly name: string;
  /** Size of each of the host's volumes. */
  readonly volumeBytes?: number;
}

export interface LabVmOptions {
  readonly name: string;
  /** Absent: its name decides it. */
  readonly id?: string;
  readonly host: string;
  readonly disks: readonly LabDiskOptions[];
  readonly memoryStartupBytes?: number;
  readonly startAction?: StartAction;
  /** How many records its guest writes; each is flushed. */
  readonly recordsPerSecond?: number;
  readonly domainController?: true;
}

export interface LabOptions {
  readonly hosts?: readonly LabHostOptions[];
  readonly vms?: readonly LabVmOptions[];
}

const DEFAULT_HOSTS: readonly LabHostOptions[] = [{ name: 'hv-a' }, { name: 'hv-b' }];

const DEFAULT_VMS: readonly LabVmOptions[] = [
  {
    name: 'dc02',
    host: 'hv-a',
    disks: [{ virtualBytes: 256 * MIB, dataBytes: 48 * MIB }],
    domainController: true,
  },
  {
    name: 'sql01',
    host: 'hv-a',
    disks: [
      { virtualBytes: 64 * MIB, dataBytes: 12 * MIB },
      { virtualBytes: 256 * MIB, dataBytes: 16 * MIB },
      { virtualBytes: GIB, dataBytes: 24 * MIB },
    ],
  },
  {
    name: 'mail01',
    host: 'hv-a',
    disks: [
      { virtualBytes: 128 * MIB, dataBytes: 8 * MIB },
      { virtualBytes: 512 * MIB, dataBytes: 16 * MIB },
    ],
  },
];

/** The Id of a lab VM that is given none: its name decides it. */
export const labVmId = (name: string): string => seededGuid(`vm ${name}`);

/** Makes the lab, or goes on with the one that is there. */
export async function createLab(
  dir: string,
  { hosts = DEFAULT_HOSTS, vms = DEFAULT_VMS }: LabOptions = {},
): Promise<void> {
  const lab = resolve(dir);
  if (await exists(labFile(lab))) return;
  // What a killed start left is no lab.
  await rm(hostsFolder(lab), { recursive: true, force: true });
  for (const host of hosts) await createHost(lab, host);
  await Promise.all(vms.map((vm) => createVm(lab, vm)));
  await writeJson(labFile(lab), { hosts: hosts.map(({ name }) => name) });
}

async function createHost(
  dir: string,
  { name, volumeBytes = 100 * GIB, ...equipment }: LabHostOptions,
): Promise<void> {
  const volumes = [DISKS, MORE_DISKS].map((path) => {
    return { path, fileSystem: 'NTFS', bytesTotal: volumeBytes };
  });
  for (const { path } of volumes) {
    await mkdir(join(hostFolder(dir, name), path), { recursive: true });
  }
  const state: LabHostState = {
    name,
    volumes,
    vmVolume: DISKS,
    switches: [{ name: 'LAN', type: 'External' }],
    networks: [
      {
        name: 'Migration',
        subnet: '10.0.9.0/24',
        // All lab hosts are one machine: what is dialled is loopback.
        address: '127.0.0.1',
        bitsPerSecond: 10_000_000_000,
        up: true,
        dedicated: true,
      },
    ],
    memoryBytesTotal: 64 * GIB,
    processors: 16,
    slotsMax: 2,
    ...equipment,
  };
  await writeJson(hostFile(dir, name), state);
}

/** One more VM of a lab. */
export async function createVm(dir: string, options: LabVmOptions): Promise<void> {
  const { name, host, id = labVmId(name) } = options;
  const folder = join(hostFolder(dir, host), DISKS, name);
  await mkdir(folder, { recursive: true });
  const disks = options.disks.map(({ virtualBytes }, index) => ({
    id: `SCSI 0:${index}`,
    path: join(folder, index === 0 ? `${name}.vhdx` : `${name}-${index}.vhdx`),
    virtualBytes,
  }));
  await Promise.all(
    disks.map(({ path, virtualBytes }, index) => {
      const dataBytes = options.disks[index]?.dataBytes ?? 0;
      return createSeededDisk(path, `disk ${name} ${index}`, { virtualBytes, dataBytes });
    }),
  );
  const vm: LabVm = {
    id,
    name,
    generation: 2,
    processors: 2,
    memoryStartupBytes: options.memoryStartupBytes ?? 2 * GIB,
    notes: '',
    recordsPerSecond: options.recordsPerSecond ?? 120,
    ...(options.domainController ? { domainController: true } : {}),
    disks,
    adapters: [{ name: 'Network Adapter', mac: macOf(name), switch: 'LAN', connected: true }],
    unplugged: false,
    startAction: options.startAction ?? 'Start',
    running: false,
    checkpoints: [],
    merging: false,
    creating: [],
    closedLinkage: {},
  };
  const place = { dir, host, vmId: id };
  await mkdir(vmFolder(place), { recursive: true });
  await writeJson(vmFile(place), { ...vm, closedLinkage: await linkages(vm) });
}

/** Hyper-V's own range: 00-15-5D and three more bytes. */
function macOf(name: string): string {
  return `00155D${createHash('sha256').update(name).digest('hex').slice(0, 6).toUpperCase()}`;
}
