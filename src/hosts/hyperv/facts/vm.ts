/** A VM of Hyper-V as every driver's VM looks, and beside it what only Windows has. */

import type { DiskFacts, DiskFormat } from '../../../domain/disk.ts';
import { known } from '../../../domain/hyperv.ts';
import type { HyperVAdapterFacts, HyperVDiskFacts } from '../../../domain/hyperv-vm.ts';
import type { AdapterFacts, VmFacts, VmState } from '../../../domain/vm.ts';
import { isOurs } from '../rounds/marks.ts';
import { mapped } from './read.ts';
import type { AdapterAnswer, DiskAnswer, VmAnswer } from './vm-answer.ts';

const MERGING = ['DeletingSnapshot', 'MergingDisks'];

/**
 * Hyper-V's states by the nearest of ours; `Critical` at the end says that storage is away. What is
 * unknown or on its way is `Starting` or `Stopping`: nobody takes it for running or off.
 */
const STATES: Readonly<Record<string, VmState>> = {
  Running: 'Running',
  Off: 'Off',
  Saved: 'Saved',
  FastSaved: 'Saved',
  Hibernated: 'Saved',
  Paused: 'Paused',
  Starting: 'Starting',
  Resuming: 'Starting',
  Reset: 'Starting',
  ComponentServicing: 'Starting',
};

export const stateOf = (state: string): VmState =>
  STATES[state.replace(/Critical$/, '')] ?? 'Stopping';

export function vmFactsOf(vm: VmAnswer): VmFacts {
  const state = stateOf(vm.state);
  const adapters = adaptersOf(vm);
  const checkpoints = known(vm.checkpoints) ?? [];
  return {
    id: vm.id,
    name: vm.name,
    state,
    generation: vm.generation === 2 ? 2 : 1,
    processors: vm.processorCount,
    memoryStartupBytes: vm.memory.startupBytes,
    memoryAssignedBytes: vm.memory.assignedBytes,
    disks: disksOf(vm),
    adapters,
    checkpoints: checkpoints.map(({ id, name }) => ({ id, name, ours: isOurs(name) })),
    startAction: vm.startAction,
    notes: vm.notes,
    merging: MERGING.some((status) => [vm.primaryStatus, vm.secondaryStatus].includes(status)),
    ...(state === 'Off' || state === 'Saved' ? {} : { guest: guestOf(vm) }),
    hyperv: hypervOf(vm),
  };
}

/** Hyper-V says `OkApplicationsHealthy`, `OkApplicationsUnknown` or `OkApplicationsCritical`. */
const guestOf = ({ heartbeat, adapters }: VmAnswer) => ({
  heartbeat: heartbeat.startsWith('Ok'),
  addresses: (known(adapters) ?? []).flatMap(({ addresses }) => addresses),
});

/** Disks that cannot be listed are one that cannot be read: then nothing is planned without them. */
function disksOf({ disks }: VmAnswer): DiskFacts[] {
  if ('value' in disks) return disks.value.map(diskFactsOf);
  const path = 'unread' in disks ? disks.unread : '';
  return [{ id: '?', path, ...UNREADABLE }];
}

const UNREADABLE = {
  format: 'unreadable',
  virtualBytes: Number.NaN,
  fileBytes: Number.NaN,
  chainLength: 1,
} as const;

const FORMATS: Readonly<Record<string, DiskFormat>> = { VHD: 'vhd', VHDX: 'vhdx', VHDSet: 'vhdx' };

function diskFactsOf(disk: DiskAnswer): DiskFacts {
  const { id, path, passThrough } = disk;
  if (passThrough) {
    return { id, path, format: 'pass-through', virtualBytes: 0, fileBytes: 0, chainLength: 1 };
  }
  const files = known(disk.files) ?? [];
  const [leaf] = files;
  if (!leaf) return { id, path, ...UNREADABLE };
  return {
    id,
    path,
    format: FORMATS[leaf.format] ?? 'unreadable',
    virtualBytes: leaf.virtualBytes,
    fileBytes: bytesOf(files),
    chainLength: files.length,
  };
}

const bytesOf = (files: readonly { readonly fileBytes: number }[]): number =>
  files.reduce((sum, { fileBytes }) => sum + fileBytes, 0);

/** The same for adapters: no target has the switch of one that could not be read. */
function adaptersOf({ adapters }: VmAnswer): AdapterFacts[] {
  if ('value' in adapters) return adapters.value.map(adapterFactsOf);
  const why = 'unread' in adapters ? adapters.unread : '';
  return [{ name: '?', mac: '', switch: `? ${why}`.trim() }];
}

const adapterFactsOf = ({ name, mac, switch: on }: AdapterAnswer): AdapterFacts => ({
  name,
  mac: mac.replace(/[^0-9a-f]/gi, '').toUpperCase(),
  ...(on === undefined ? {} : { switch: on }),
});

function hypervOf(vm: VmAnswer): NonNullable<VmFacts['hyperv']> {
  const { dvdDrives, secondaryStatus } = vm;
  return {
    version: vm.version,
    state: vm.state,
    primaryStatus: vm.primaryStatus,
    ...(secondaryStatus === '' ? {} : { secondaryStatus }),
    configurationPath: vm.configurationPath,
    disks: (known(vm.disks) ?? []).map(hypervDiskOf),
    adapters: (known(vm.adapters) ?? []).map(hypervAdapterOf),
    checkpoints: vm.checkpoints,
    dvdDrives: mapped(dvdDrives, (drives) =>
      drives.map(({ path, ...drive }) => (path === '' ? drive : { ...drive, path })),
    ),
    fibreChannelSans: vm.fibreChannelSans,
    memory: vm.memory,
    processor: vm.processor,
    security: vm.security,
    assignedDevices: vm.assignedDevices,
    gpuPartitions: vm.gpuPartitions,
    replication: vm.replication,
    clusterRole: vm.clusterRole,
    services: vm.services,
    stopAction: vm.stopAction,
  };
}

const hypervDiskOf = (disk: DiskAnswer): HyperVDiskFacts => ({
  id: disk.id,
  path: disk.passThrough ? '' : disk.path,
  passThrough: disk.passThrough,
  shared: disk.shared,
  vhdSet: /\.vhds$/i.test(disk.path),
  chain: mapped(disk.files, (files) => files.map(({ path }) => path)),
  fileBytes: mapped(disk.files, bytesOf),
  place: disk.place,
});

function hypervAdapterOf(adapter: AdapterAnswer): HyperVAdapterFacts {
  const { addresses: _, switch: __, ...rest } = adapter;
  return { ...rest, ...adapterFactsOf(adapter) };
}
