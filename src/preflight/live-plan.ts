/** What is asked of the hypervisor for its own live move: which way, over what, and where files go. */

import type { HostFacts } from '../domain/host.ts';
import { known } from '../domain/hyperv.ts';
import type { LiveWay } from '../domain/live.ts';
import type { Plan, PlannedDisk, PlannedLive } from '../domain/plan.ts';
import type { VmFacts } from '../domain/vm.ts';
import { bytesOfFiles, bytesOfMemory, growthFactor } from './capacity.ts';
import type { Subject } from './check.ts';
import { folderFor, styleOf } from './copy-paths.ts';
import { isOnShare, plannedMedia } from './media.ts';
import { sharedNetworks } from './network.ts';
import { allParents, checkpointsOf } from './parents.ts';
import { rewiredIn } from './switches.ts';
import { wayOf } from './way.ts';

/** What a plan names of each; hosts have two or three. */
const NETWORKS_MAX = 4;

/** The parts of a plan that a live move has of its own. */
export function livePartsOf(
  subject: Subject,
): Pick<Plan, 'disks' | 'stop' | 'bytesOnTargetMax' | 'memoryStartupBytes' | 'live'> {
  const { vm, target } = subject;
  const way = wayOf(vm);
  const goesAlong = way === 'with storage';
  const folder = folderFor(vm, target);
  const { disks, parents } = goesAlong ? placed(vm, target, folder) : inPlace(vm);
  return {
    disks,
    stop: 'none',
    bytesOnTargetMax: goesAlong ? Math.ceil(bytesOfFiles(vm) * growthFactor) : 0,
    memoryStartupBytes: bytesOfMemory(vm),
    live: {
      way,
      target: target.hyperv?.fullName ?? target.name,
      ...(goesAlong ? { folder } : {}),
      ...listed('parents', parents),
      ...networksOf(subject, way),
      ...listed('rewired', rewiredIn(subject)),
      ...listed('media', plannedMedia(subject)),
    },
  };
}

interface Placed {
  readonly disks: PlannedDisk[];
  readonly parents: NonNullable<PlannedLive['parents']>;
}

const inPlace = ({ disks }: VmFacts): Placed => ({
  disks: disks.map(({ id, path, virtualBytes }) => {
    return { id, sourcePath: path, targetPath: path, virtualBytes };
  }),
  parents: [],
});

/**
 * One folder for the VM; a file keeps its name, because Move-VM changes folders alone. Files of one
 * name get folders of their own. A file on a share stays where it is.
 */
function placed(vm: VmFacts, target: HostFacts, folder: string): Placed {
  const style = styleOf(target.vmVolume);
  const taken = new Set<string>();
  // The others follow into the same folder.
  const placeOf = ([path = '', ...others]: readonly string[], index: number): string => {
    const names = [path, ...others].map((file) => nameOf(file).toLowerCase());
    const isTaken = names.some((name) => taken.has(name));
    if (!isTaken) for (const name of names) taken.add(name);
    const disks = style.join(folder, 'Virtual Hard Disks');
    return style.join(isTaken ? style.join(disks, String(index)) : disks, nameOf(path));
  };
  const disks = vm.disks.map(({ id, path, virtualBytes }, index) => {
    const facts = vm.hyperv?.disks.find((disk) => disk.id === id);
    const files = facts ? [path, ...checkpointsOf(facts)] : [path];
    const targetPath = facts?.place === 'share' ? path : placeOf(files, index);
    return { id, sourcePath: path, targetPath, virtualBytes };
  });
  const parents = allParents(vm.hyperv?.disks ?? []).map((path, index) => {
    const targetPath = isOnShare(path) ? path : placeOf([path], disks.length + index);
    return { sourcePath: path, targetPath };
  });
  return { disks, parents };
}

export const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? '';

/** A cluster chooses among networks of its own. */
function networksOf(
  { source, target }: Subject,
  way: LiveWay,
): Pick<PlannedLive, 'networks' | 'clusterNetworks'> {
  if (way === 'cluster role') {
    const names = known(known(source.hyperv?.cluster)?.migrationNetworks);
    return names ? { clusterNetworks: names } : {};
  }
  const shared = sharedNetworks(source, target).slice(0, NETWORKS_MAX);
  const networks = shared.map(({ bitsPerSecond: _, ...network }) => network);
  return networks.length > 0 ? { networks } : {};
}

/** What there is none of does not stand in the plan. */
const listed = <Name extends 'parents' | 'rewired' | 'media'>(
  name: Name,
  list: NonNullable<PlannedLive[Name]>,
): Pick<PlannedLive, Name> | object => (list.length > 0 ? { [name]: list } : {});
