/** An empty disk that stands in a leaf's place where Windows takes only what is there. */

import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDisk } from '../../../disks/create.ts';
import { exists } from '../../files.ts';

/** Hyper-V has no smaller disk. */
const PLACEHOLDER_BYTES = 3 * 2 ** 20;
const PLACEHOLDER_BLOCK_BYTES = 2 ** 20;

/** One for all, and kept: only a file of exactly this content is taken for it. */
export async function placeholderIn(stateFolder: string): Promise<string> {
  const path = join(stateFolder, 'placeholder.vhdx');
  if (await exists(path)) return path;
  await mkdir(stateFolder, { recursive: true });
  const made = join(stateFolder, `placeholder-${process.pid}.vhdx`);
  await rm(made, { force: true });
  const disk = { virtualBytes: PLACEHOLDER_BYTES, blockBytes: PLACEHOLDER_BLOCK_BYTES };
  await createDisk(made, disk);
  await rename(made, path);
  return path;
}
