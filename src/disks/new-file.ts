/** What the formats share when they make a file. */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { guidFromText } from './guid.ts';
import { Storage } from './storage.ts';

/** A file that is already there is `disk-exists`; one that was not finished is removed. */
export async function newFile(
  path: string,
  write: (storage: Storage) => Promise<void>,
): Promise<void> {
  await using storage = await Storage.open(path, 'wx');
  try {
    await write(storage);
  } catch (error) {
    await rm(storage.path, { force: true });
    throw error;
  }
}

/** The GUID that was asked for, lower-case and bare, or a new one. */
export function newDiskId(wanted: string = randomUUID()): string {
  const diskId = guidFromText(wanted);
  if (diskId === undefined) throw new RangeError(`${wanted} is no GUID`);
  return diskId;
}
