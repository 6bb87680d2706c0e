/** Every file that a live move makes at the target, also of chains and configuration. */

import { known } from '../domain/hyperv.ts';
import type { Subject } from './check.ts';
import { folderFor, styleOf } from './copy-paths.ts';
import { livePartsOf, wayOf } from './live-plan.ts';

/** Empty where a live move copies nothing. */
export function livePaths(subject: Subject): string[] {
  const { vm, target } = subject;
  if (wayOf(vm) !== 'with storage') return [];
  const style = styleOf(target.vmVolume);
  const moved = livePartsOf(subject).disks.filter((disk) => disk.sourcePath !== disk.targetPath);
  const disks = moved.flatMap(({ id, targetPath }) => {
    const chain = known(vm.hyperv?.disks.find((disk) => disk.id === id)?.chain) ?? [];
    const parents = chain.slice(1).map((file) => file.split(/[\\/]/).at(-1) ?? '');
    return [targetPath, ...parents.map((name) => style.join(style.dirname(targetPath), name))];
  });
  const machines = style.join(folderFor(vm, target), 'Virtual Machines');
  return [...disks, style.join(machines, `${vm.id}.vmcx`)];
}

/** Windows tells paths apart neither by case nor by the kind of slash. */
export const pathKey = (path: string): string => path.replaceAll('/', '\\').toLowerCase();
