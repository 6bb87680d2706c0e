/** Empty disks that stand in a leaf's place where Windows takes only what is there. */

import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDisk } from '../../../disks/create.ts';
import { exists } from '../../files.ts';

/** Hyper-V has no smaller disk. */
const VIRTUAL_BYTES = 3 * 2 ** 20;

/** One of each format: Windows goes by what a file's name ends with. */
export interface Placeholders {
  readonly vhdx: string;
  readonly vhd: string;
}

/** Made once, and kept: only a file of exactly this content is taken for it. */
export async function placeholdersIn(stateFolder: string): Promise<Placeholders> {
  await mkdir(stateFolder, { recursive: true });
  const [vhdx, vhd] = [await made(stateFolder, 'vhdx'), await made(stateFolder, 'vhd')];
  return { vhdx, vhd };
}

async function made(stateFolder: string, format: keyof Placeholders): Promise<string> {
  const path = join(stateFolder, `placeholder.${format}`);
  if (await exists(path)) return path;
  const unready = join(stateFolder, `placeholder-${process.pid}.${format}`);
  await rm(unready, { force: true });
  const blocks = format === 'vhdx' ? { blockBytes: 2 ** 20 } : {};
  await createDisk(unready, { virtualBytes: VIRTUAL_BYTES, format, ...blocks });
  await rename(unready, path);
  return path;
}
