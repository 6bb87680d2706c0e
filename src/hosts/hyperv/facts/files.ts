/** Which files of VMs lie on a host's volumes: a move that comes here writes over nothing. */

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Read } from '../../../domain/hyperv.ts';

/** Where Hyper-V puts the parts of a VM inside its folder. */
const PARTS = ['Virtual Hard Disks', 'Virtual Machines'];
const FILES_MAX = 20_000;
/** Folders of one volume, of which each may be a VM's. */
const FOLDERS_MAX = 2000;
/** Not there, or not for us: then we may not write there either. */
const CLOSED = ['ENOENT', 'ENOTDIR', 'EPERM', 'EACCES'];

/**
 * Full paths as the host itself names them. `computerName` is the host where that is not this machine:
 * its volumes are then seen through their administrative shares.
 */
export async function filesOn(
  volumes: readonly string[],
  computerName?: string,
): Promise<Read<readonly string[]>> {
  const found: string[] = [];
  try {
    for (const volume of volumes) {
      found.push(...(await filesOf(rootOf(volume), computerName)));
      if (found.length > FILES_MAX) return { unread: `more than ${FILES_MAX} files` };
    }
    return { value: found };
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) return { unread: message };
    throw error;
  }
}

async function filesOf(root: string, computerName: string | undefined): Promise<string[]> {
  const seen = computerName === undefined ? root : shareOf(root, computerName);
  const folders = (await readdir(seen, { withFileTypes: true })).filter((one) => one.isDirectory());
  const parts = folders
    .slice(0, FOLDERS_MAX)
    .flatMap(({ name }) => PARTS.map((part) => join(seen, name, part)));
  const entries = (await Promise.all(parts.map(entriesBelow))).flat();
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(root, relative(seen, join(parentPath, name))));
}

async function entriesBelow(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && CLOSED.includes(code)) return [];
    throw error;
  }
}

/** `D:` alone would mean the current folder of drive D. */
const rootOf = (volume: string): string => (/^[a-z]:$/i.test(volume) ? `${volume}\\` : volume);

/** `\\hv-old\D$\` of `D:\` */
const shareOf = (root: string, computerName: string): string =>
  `\\\\${computerName}\\${root.replace(/^([a-z]):/i, '$1$$')}`;
