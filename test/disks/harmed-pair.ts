/** The two disks that the damage matrices begin with: a base of two blocks, and a child with half of one. */

import { createChild, createDisk } from '../../src/disks/create.ts';
import { type Folder, MIB, pattern, write } from './folder.ts';

export interface Pair {
  readonly base: string;
  readonly child: string;
}

export async function newPair(folder: Folder, format: 'vhdx' | 'vhd'): Promise<Pair> {
  const files = { base: folder.path(`base.${format}`), child: folder.path(`child.a${format}`) };
  await createDisk(files.base, { virtualBytes: 4 * MIB, blockBytes: MIB, format });
  await write(files.base, 0, pattern(2 * MIB, 1));
  await createChild(files.child, files.base, { blockBytes: MIB });
  await write(files.child, 512, pattern(512, 2));
  return files;
}
