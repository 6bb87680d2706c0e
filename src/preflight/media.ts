/** What becomes of the ISO images in a VM's drives when it moves live. */

import { known } from '../domain/hyperv.ts';
import { pathKey } from '../domain/paths.ts';
import type { PlannedMedium } from '../domain/plan.ts';
import type { Subject } from './check.ts';
import { reachOf } from './live-hosts.ts';

const UNC = /^[\\/]{2}/;

/** Its path is the same everywhere. */
export const isOnShare = (path: string): boolean => UNC.test(path);

/** By what the source sees at the target: a file of the same path stays in its drive. */
export function plannedMedia({ vm, source, target }: Subject): PlannedMedium[] {
  const there = known(reachOf(source, target)?.media)?.map(pathKey);
  const drives = known(vm.hyperv?.dvdDrives) ?? [];
  const becomes = (path: string): PlannedMedium['becomes'] => {
    if (!there) return 'unknown';
    return there.includes(pathKey(path)) ? 'stays' : 'ejected';
  };
  return drives.flatMap(({ media, path }) =>
    media !== 'ISO' || !path || isOnShare(path) ? [] : [{ path, becomes: becomes(path) }],
  );
}
