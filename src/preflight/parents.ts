/** Files that a VM's disks stand on and that no checkpoint made (facts B46). */

import { known } from '../domain/hyperv.ts';
import type { HyperVDiskFacts } from '../domain/hyperv-vm.ts';
import { pathKey } from '../domain/paths.ts';

/** A checkpoint's own files end otherwise; what these stand on goes along by itself. */
const DIFFERENCING = /\.vhdx?$/i;

type Chained = Pick<HyperVDiskFacts, 'chain'>;

/** From the one that the disk itself stands on to the base; none where the chain could not be read. */
function parentsOf({ chain }: Chained): readonly string[] {
  const files = known(chain) ?? [];
  const child = files.slice(0, -1).findIndex((file) => DIFFERENCING.test(file));
  return child < 0 ? [] : files.slice(child + 1);
}

/** What a checkpoint made the leaf stand on: it goes where the leaf goes. */
export function checkpointsOf(disk: Chained): readonly string[] {
  const files = known(disk.chain) ?? [];
  return files.slice(1, files.length - parentsOf(disk).length);
}

/** Of all disks, each once, as Windows compares paths. */
export function allParents(disks: readonly Chained[]): string[] {
  const paths = new Map(disks.flatMap(parentsOf).map((path) => [pathKey(path), path]));
  return [...paths.values()];
}
