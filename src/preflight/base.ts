/** Disks of a VM that lie at its target already: a copy of it, or what it left when it moved away. */

import type { DiskFacts } from '../domain/disk.ts';
import type { HostFacts, KeptDisk, KeptFacts } from '../domain/host.ts';
import { volumeOfPath } from '../domain/paths.ts';
import type { PlannedBase } from '../domain/plan.ts';
import type { VmFacts } from '../domain/vm.ts';
import { volumeOf } from './capacity.ts';
import { copyPaths } from './copy-paths.ts';

export interface Place {
  /** Where each disk of the VM goes, in their order. */
  readonly paths: readonly string[];
  readonly base?: PlannedBase;
}

/** The newest that has exactly the VM's disks, on the volume that takes them; else a folder of its own. */
export function placeOn(vm: VmFacts, target: HostFacts): Place {
  const found = (target.kept ?? [])
    .filter((one) => one.vm.id === vm.id && isFree(one))
    .toSorted((a, b) => (b.committedAt ?? 0) - (a.committedAt ?? 0))
    .map((one) => placeOf(vm, target, one))
    .find((one) => one !== undefined);
  return found ?? { paths: copyPaths(vm, target) };
}

/**
 * Whoever made it gives it up: the alignment that keeps a copy ends for a move, and a move that left
 * disks is over once the VM can be planned for.
 */
const isFree = ({ kind, usedBy, operation }: KeptFacts): boolean =>
  kind === 'received' || usedBy === undefined || usedBy === operation;

function placeOf(vm: VmFacts, target: HostFacts, kept: KeptFacts): Place | undefined {
  const { kind, folder, committedAt = 0, bytes, disks = [] } = kept;
  if (disks.length !== vm.disks.length) return undefined;
  const volume = volumeOf(target);
  const paths = vm.disks.flatMap((disk) => {
    const found = disks.find((one) => one.disk === disk.id);
    const isHere = found && volumeOfPath(target.volumes, found.path)?.path === volume?.path;
    return found && isHere && isSame(disk, found) ? [found.path] : [];
  });
  if (paths.length !== vm.disks.length) return undefined;
  return { paths, base: { kind, folder, committedAt, bytes } };
}

const isSame = (disk: DiskFacts, { path, virtualBytes }: KeptDisk): boolean =>
  disk.virtualBytes === virtualBytes && /\.vhd$/i.test(path) === (disk.format === 'vhd');
