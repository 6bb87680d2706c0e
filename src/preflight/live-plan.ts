/** What is asked of the hypervisor for its own live move: which way, and where the disks go. */

import type { HostFacts } from '../domain/host.ts';
import { known } from '../domain/hyperv.ts';
import type { LiveWay } from '../domain/live.ts';
import type { Plan, PlannedDisk } from '../domain/plan.ts';
import type { VmFacts } from '../domain/vm.ts';
import { bytesOfFiles, bytesOfMemory, growthFactor } from './capacity.ts';
import type { Subject } from './check.ts';
import { folderFor, styleOf } from './copy-paths.ts';

/** Where the disks lie decides: a cluster moves its role, a share needs no copy, the rest goes along. */
export function wayOf(vm: VmFacts): LiveWay {
  if (known(vm.hyperv?.clusterRole)) return 'cluster role';
  const disks = vm.hyperv?.disks ?? [];
  const isOnShare = disks.length > 0 && disks.every(({ place }) => place === 'share');
  return isOnShare ? 'memory only' : 'with storage';
}

/** The parts of a plan that a live move has of its own. */
export function livePartsOf({
  vm,
  target,
}: Subject): Pick<Plan, 'disks' | 'stop' | 'bytesOnTargetMax' | 'memoryStartupBytes' | 'live'> {
  const way = wayOf(vm);
  const goesAlong = way === 'with storage';
  const fullName = target.hyperv?.fullName ?? target.name;
  const folder = folderFor(vm, target);
  return {
    disks: goesAlong ? placed(vm, target, folder) : inPlace(vm),
    stop: 'none',
    bytesOnTargetMax: goesAlong ? Math.ceil(bytesOfFiles(vm) * growthFactor) : 0,
    memoryStartupBytes: bytesOfMemory(vm),
    live: { way, target: fullName, ...(goesAlong ? { folder } : {}) },
  };
}

const inPlace = ({ disks }: VmFacts): PlannedDisk[] =>
  disks.map(({ id, path, virtualBytes }) => {
    return { id, sourcePath: path, targetPath: path, virtualBytes };
  });

/**
 * One folder for the VM; a file keeps its name, because Move-VM changes folders alone. Files of one
 * name get folders of their own. A disk on a share stays where it is.
 */
function placed(vm: VmFacts, target: HostFacts, folder: string): PlannedDisk[] {
  const style = styleOf(target.vmVolume);
  const taken = new Set<string>();
  return vm.disks.map(({ id, path, virtualBytes }, index) => {
    const place = vm.hyperv?.disks.find((disk) => disk.id === id)?.place;
    if (place === 'share') return { id, sourcePath: path, targetPath: path, virtualBytes };
    const file = path.split(/[\\/]/).at(-1) ?? '';
    const isTaken = taken.has(file.toLowerCase());
    taken.add(file.toLowerCase());
    const disks = style.join(folder, 'Virtual Hard Disks');
    const targetPath = style.join(isTaken ? style.join(disks, String(index)) : disks, file);
    return { id, sourcePath: path, targetPath, virtualBytes };
  });
}
