/** Copying a disk's file while its guest runs, and once more what changed meanwhile. */

import { type FileHandle, open } from 'node:fs/promises';
import { reparent } from '../../../../src/disks/merge.ts';
import type { MovedFile } from './job.ts';

const COPY_BYTES = 256 * 1024;
const COMPARE_BYTES = 1024 * 1024;

/** Makes the file; one that is there already is EEXIST. `onBytes` is told of every piece. */
export async function copyFile(
  from: string,
  to: string,
  onBytes: (bytes: number) => Promise<void>,
): Promise<void> {
  await using source = await open(from, 'r');
  await using target = await open(to, 'wx');
  const buffer = Buffer.alloc(COPY_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await source.read(buffer, 0, COPY_BYTES, at);
    if (bytesRead === 0) break;
    await target.write(buffer, 0, bytesRead, at);
    at += bytesRead;
    await onBytes(bytesRead);
  }
  await target.datasync();
}

/** Writes what differs, and makes the target as long as the source. */
export async function copyChanges(from: string, to: string): Promise<void> {
  await using source = await open(from, 'r');
  await using target = await open(to, 'r+');
  const { size } = await source.stat();
  const [now, then] = [Buffer.alloc(COMPARE_BYTES), Buffer.alloc(COMPARE_BYTES)];
  for (let at = 0; at < size; at += COMPARE_BYTES) {
    const length = await fill(source, now, at);
    const before = await fill(target, then, at);
    const fresh = now.subarray(0, length);
    if (!fresh.equals(then.subarray(0, before))) await target.write(fresh, 0, length, at);
  }
  await target.truncate(size);
  await target.datasync();
}

/** Each child names its parent where that lies now: their folders may have parted. Bases first. */
export async function relink(files: readonly MovedFile[]): Promise<void> {
  for (const { to, parent } of files.toReversed()) {
    const moved = files.find(({ from }) => from === parent);
    if (moved !== undefined) await reparent(to, moved.to);
  }
}

async function fill(file: FileHandle, into: Buffer, at: number): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const { bytesRead } = await file.read(into, length, into.length - length, at + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
