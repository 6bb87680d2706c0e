/** Every file that a live move makes at the target, also of chains and configuration. */

import type { Subject } from './check.ts';
import { folderFor, styleOf } from './copy-paths.ts';
import { livePartsOf, nameOf } from './live-plan.ts';
import { checkpointsOf } from './parents.ts';
import { wayOf } from './way.ts';

/** Empty where a live move copies nothing. */
export function livePaths(subject: Subject): string[] {
  const { vm, target } = subject;
  if (wayOf(vm) !== 'with storage') return [];
  const style = styleOf(target.vmVolume);
  const { disks: planned, live } = livePartsOf(subject);
  const moved = planned.filter((disk) => disk.sourcePath !== disk.targetPath);
  const disks = moved.flatMap(({ id, targetPath }) => {
    const facts = vm.hyperv?.disks.find((disk) => disk.id === id);
    const followers = (facts ? checkpointsOf(facts) : []).map(nameOf);
    return [targetPath, ...followers.map((name) => style.join(style.dirname(targetPath), name))];
  });
  const parents = (live?.parents ?? []).filter((file) => file.sourcePath !== file.targetPath);
  const machines = style.join(folderFor(vm, target), 'Virtual Machines');
  const files = [...disks, ...parents.map(({ targetPath }) => targetPath)];
  return [...files, style.join(machines, `${vm.id}.vmcx`)];
}
