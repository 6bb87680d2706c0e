/** Files whose content survives a power cut: the old or the new, never half of one. */

import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file that only its owner may read (mode 0600; on Windows the folder's rights hold). */
export async function writePrivately(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  {
    await using file = await open(unfinished, 'w', 0o600);
    await file.writeFile(text);
    await file.sync();
  }
  await rename(unfinished, path);
  await syncDirectory(dirname(path));
}

/** Makes a new, renamed or removed name durable. Windows offers no such call and NTFS logs names. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(directory, 'r');
  await handle.sync();
}

/** Whether a file operation failed because there is no such file. */
export function isMissing(error: unknown): boolean {
  // Not by instanceof: Jest's tests have an Error of their own.
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
