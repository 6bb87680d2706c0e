/**
 * What a digest file's pages sum up to, kept while this process lives: so that what changed is summed
 * again, and not all of a disk in each of its rounds. One process a file; nothing of it is on a disk, so no
 * crash can leave a sum that is not the page's.
 */

import type { FileHandle } from 'node:fs/promises';

/** Those used least recently go first: 64 TB of a disk are 8 MiB of sums. */
const FILES_MAX = 64;

type Sums = Map<number, Buffer>;
const files = new Map<string, Sums>();

/** The sums of the pages of this very file: one that took its place is another. */
export async function sumsOf(handle: FileHandle): Promise<Sums> {
  const { dev, ino, birthtimeNs, size } = await handle.stat({ bigint: true });
  const key = `${dev} ${ino} ${birthtimeNs}`;
  const sums = files.get(key) ?? new Map<number, Buffer>();
  // Not every file system tells when a file was made; a new one is empty.
  if (size === 0n) sums.clear();
  files.delete(key);
  files.set(key, sums);
  for (const oldest of files.keys()) {
    if (files.size <= FILES_MAX) break;
    files.delete(oldest);
  }
  return sums;
}
