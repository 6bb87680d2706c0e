/** New disks, in the format that is asked for, and children in the format of their parent. */

import { FORMATS, openLayer } from './formats.ts';
import type { NewDisk } from './layer.ts';

export type { NewDisk };

/**
 * Makes an empty disk, a dynamic VHDX unless something else is asked for. A file that is already there
 * is `disk-exists`; a disk that cannot be is a RangeError.
 */
export async function createDisk(path: string, disk: NewDisk): Promise<void> {
  await FORMATS[disk.format ?? 'vhdx'].create(path, disk);
}

/**
 * Makes an empty child of a disk, which must not be written to as long as the child is used. It is of
 * the parent's format: Hyper-V has no chain of two formats.
 */
export async function createChild(
  path: string,
  parentPath: string,
  { blockBytes }: { readonly blockBytes?: number } = {},
): Promise<void> {
  await using parent = await openLayer(parentPath, 'r');
  await FORMATS[parent.format].createChild(path, parent, blockBytes);
}
