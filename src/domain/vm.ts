/** A virtual machine as a host reports it. */

import { createHash } from 'node:crypto';
import type { DiskFacts } from './disk.ts';
import type { HyperVVmFacts } from './hyperv-vm.ts';

export type VmState = 'Running' | 'Off' | 'Saved' | 'Paused' | 'Starting' | 'Stopping';
/** What the host does with the VM when it boots. */
export type StartAction = 'Nothing' | 'StartIfRunning' | 'Start';

export interface AdapterFacts {
  readonly name: string;
  /** 12 hex digits without separators. */
  readonly mac: string;
  /** The virtual switch; absent when disconnected. */
  readonly switch?: string;
}

export interface CheckpointFacts {
  readonly id: string;
  readonly name: string;
  /** True when this operation or an earlier one of Ferry made it. */
  readonly ours: boolean;
}

export interface VmFacts {
  readonly id: string;
  readonly name: string;
  readonly state: VmState;
  readonly generation: 1 | 2;
  readonly processors: number;
  readonly memoryStartupBytes: number;
  readonly memoryAssignedBytes: number;
  readonly disks: readonly DiskFacts[];
  readonly adapters: readonly AdapterFacts[];
  readonly checkpoints: readonly CheckpointFacts[];
  readonly startAction: StartAction;
  readonly notes: string;
  /** A directory server, where the host knows that of its guest: it must never go back in time. */
  readonly domainController?: true;
  /** True while a merge of checkpoint files runs. */
  readonly merging: boolean;
  /** What the guest shows from inside: heartbeat and addresses; absent when it shows nothing. */
  readonly guest?: { readonly heartbeat: boolean; readonly addresses: readonly string[] };
  /** What only Windows has; a simulated host says nothing of it. */
  readonly hyperv?: HyperVVmFacts;
}

/** What must be known of a VM to start it from its copy when its host is lost. */
export type VmAbout = Pick<
  VmFacts,
  'memoryStartupBytes' | 'startAction' | 'adapters' | 'domainController'
>;

export const aboutOf = (vm: VmFacts): VmAbout => ({
  memoryStartupBytes: vm.memoryStartupBytes,
  startAction: vm.startAction,
  adapters: vm.adapters,
  ...(vm.domainController ? { domainController: true } : {}),
});

/**
 * A digest of what people approved about the VM's configuration: it must be the same at the cutover.
 * Leaf paths change with each round, so disks count by where they are attached and how large they are.
 */
export function configurationFingerprint(vm: VmFacts): string {
  const { id, name, generation, processors, memoryStartupBytes } = vm;
  const disks = vm.disks.map((disk) => [disk.id, disk.format, disk.virtualBytes]);
  const adapters = vm.adapters.map((adapter) => [
    adapter.name,
    adapter.mac,
    adapter.switch ?? null,
  ]);
  const text = JSON.stringify([
    id,
    name,
    generation,
    processors,
    memoryStartupBytes,
    disks,
    adapters,
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

interface SizedDisk {
  readonly id: string;
  readonly virtualBytes: number;
}

/** Disks that came, went or have another size, by where they are attached. */
export function otherDisks(planned: readonly SizedDisk[], there: readonly SizedDisk[]): string[] {
  const sizes = (disks: readonly SizedDisk[]) =>
    new Map(disks.map(({ id, virtualBytes }) => [id, virtualBytes]));
  const [before, now] = [sizes(planned), sizes(there)];
  const ids = new Set([...before.keys(), ...now.keys()]);
  return [...ids].filter((id) => before.get(id) !== now.get(id)).toSorted();
}

/** The names of the checkpoints that Ferry did not make. */
export const foreignCheckpoints = (vm: VmFacts): string[] =>
  vm.checkpoints.filter(({ ours }) => !ours).map(({ name }) => name);
