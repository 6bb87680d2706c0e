/** Files that may not be there, and what a fenced one is called. */

import { access } from 'node:fs/promises';

/** What a fenced leaf's name ends with; hyperv/scripts/leaves.psm1 says the same. */
export const FENCED = '.ferry-fenced';

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** For `catch`: nothing where there is no such file or folder; every other error goes on. */
export function orAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
