/** Where Hyper-V is told to put a VM that it moves. Its two ways are parameter sets that exclude each other. */

import { win32 } from 'node:path';
import type { LiveMove } from '../../../domain/live.ts';
import { isSamePath } from '../../../domain/paths.ts';

export type Placement =
  | { readonly kind: 'in place' }
  /** Hyper-V lays out the folder itself: disks come into `Virtual Hard Disks`. */
  | { readonly kind: 'one folder'; readonly folder: string }
  | {
      readonly kind: 'disk by disk';
      readonly folder: string;
      /** All files that Windows does not find by itself, also one that stays where it is. */
      readonly disks: readonly { readonly sourcePath: string; readonly targetPath: string }[];
    };

/** A folder alone says nothing of the files that disks stand on (facts B46): then each has its place. */
export function placementOf({ way, vm, disks, parents = [], folder }: LiveMove): Placement {
  if (way !== 'with storage') return { kind: 'in place' };
  if (folder === undefined) throw new Error(`The plan has no folder for ${vm.name}`);
  const own = win32.join(folder, 'Virtual Hard Disks');
  if (
    parents.length === 0 &&
    disks.every(({ targetPath }) => isSamePath(win32.dirname(targetPath), own))
  ) {
    return { kind: 'one folder', folder };
  }
  const places = [...disks, ...parents].map(({ sourcePath, targetPath }) => {
    return { sourcePath, targetPath };
  });
  return { kind: 'disk by disk', folder, disks: places };
}

/** The files that the move makes at the target. */
export const filesOf = ({ disks, parents = [] }: LiveMove): string[] =>
  [...disks, ...parents]
    .filter(({ sourcePath, targetPath }) => !isSamePath(sourcePath, targetPath))
    .map(({ targetPath }) => targetPath);
