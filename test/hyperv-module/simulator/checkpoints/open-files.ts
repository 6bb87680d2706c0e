/** Who has a file open: Windows would refuse a merge a sharing violation there. Linux only, as the tests are. */

import { readdir, readlink, realpath } from 'node:fs/promises';

/** The processes that have one of the files open, this one included. Nothing where there is no `/proc`. */
export async function holders(paths: readonly string[]): Promise<ReadonlySet<number>> {
  const wanted = new Set<string>();
  for (const path of paths) {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined) wanted.add(real);
  }
  const found = new Set<number>();
  for (const name of await names('/proc')) {
    if (/^\d+$/.test(name) && (await holds(name, wanted))) found.add(Number(name));
  }
  return found;
}

async function holds(pid: string, wanted: ReadonlySet<string>): Promise<boolean> {
  for (const handle of await names(`/proc/${pid}/fd`)) {
    // A handle or a process that is gone meanwhile holds nothing.
    const path = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '');
    if (wanted.has(path)) return true;
  }
  return false;
}

/** Empty for what is gone, or another user's. */
const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
