/** Which way a live move of a VM goes. */

import { known } from '../domain/hyperv.ts';
import type { LiveWay } from '../domain/live.ts';
import type { VmFacts } from '../domain/vm.ts';

/** Where the disks lie decides: a cluster moves its role, a share needs no copy, the rest goes along. */
export function wayOf(vm: VmFacts): LiveWay {
  if (known(vm.hyperv?.clusterRole)) return 'cluster role';
  const disks = vm.hyperv?.disks ?? [];
  const isAllOnShare = disks.length > 0 && disks.every(({ place }) => place === 'share');
  return isAllOnShare ? 'memory only' : 'with storage';
}
