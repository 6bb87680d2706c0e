/** Ends what a process does at one of its writes, as a kill would. */

import { open } from 'node:fs/promises';

/** More than any of our tests needs. */
export const WRITES_MAX = 1000;
const SECTOR_BYTES = 512;

/**
 * Runs `act` until it has changed files `deaths / 2` times; false when it came to its end before. At
 * every second death half of the next write is done too, in whole sectors.
 */
export async function diesAfter(deaths: number, act: () => Promise<void>): Promise<boolean> {
  const handle = await open(import.meta.filename, 'r');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const { write, truncate } = prototype;
  let left = Math.floor(deaths / 2);
  prototype.write = async function (this: unknown, ...args: [Uint8Array, number, number, number]) {
    if (left-- > 0) return await write.apply(this, args);
    const [bytes, offset, length, position] = args;
    const half = deaths % 2 === 0 ? 0 : Math.floor(length / 2 / SECTOR_BYTES) * SECTOR_BYTES;
    // What follows a death is not done either, nor the half of it.
    if (left === -1 && half > 0) await write.call(this, bytes, offset, half, position);
    throw new Error('killed here');
  };
  prototype.truncate = async function (this: unknown, bytes: number) {
    if (left-- > 0) return await truncate.call(this, bytes);
    throw new Error('killed here');
  };
  try {
    await act();
    return false;
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'killed here') throw error;
    return true;
  } finally {
    Object.assign(prototype, { write, truncate });
  }
}

/** What `act` does to files, in its order: where each write begins, and when all of it is flushed. */
export async function changesOf(act: () => Promise<void>): Promise<(number | 'flush')[]> {
  const handle = await open(import.meta.filename, 'r');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const { write, datasync } = prototype;
  const changes: (number | 'flush')[] = [];
  prototype.write = function (this: unknown, ...args: unknown[]) {
    changes.push(Number(args[3]));
    return write.apply(this, args);
  };
  prototype.datasync = function (this: unknown) {
    changes.push('flush');
    return datasync.call(this);
  };
  try {
    await act();
    return changes;
  } finally {
    Object.assign(prototype, { write, datasync });
  }
}
