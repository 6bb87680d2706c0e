/** A reader with a bug: it trusts the version of a VHDX's log, as careless code does with a length. */

import { open } from 'node:fs/promises';
import { readDisk } from './look.ts';

export async function read(path: string): Promise<void> {
  try {
    await readDisk(path);
  } finally {
    await stumble(path);
  }
}

async function stumble(path: string): Promise<void> {
  await using file = await open(path, 'r');
  const bytes = Buffer.alloc(2);
  await file.read(bytes, 0, 2, 64 * 1024 + 64);
  if (bytes.readUInt16LE(0) > 255) throw new RangeError('Invalid array length');
}
