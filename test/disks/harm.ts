/** Ways to harm a disk that `createDisk` made: where its parts are, and how to change them. */

import { open, truncate } from 'node:fs/promises';
import { crc32cWithoutField } from '../../src/disks/vhdx/crc32c.ts';
import type { Facts } from '../../src/domain/problem.ts';
import { MIB } from './folder.ts';

export const KIB = 1024;
export const HEADERS = [64 * KIB, 128 * KIB];
export const REGION_TABLES = [192 * KIB, 256 * KIB];
export const METADATA = 2 * MIB;
export const ITEMS = METADATA + 64 * KIB;
export const BAT = 3 * MIB;
export const PAYLOAD = 4 * MIB;

export interface Damage {
  readonly name: string;
  readonly code: string;
  readonly facts?: Facts;
  /** On which of the two files: the base, or a child of it with a partially present block. */
  readonly on?: 'child';
  readonly harm: (path: string) => Promise<void>;
}

export const put =
  (offset: number, bytes: readonly number[] | Buffer) =>
  async (path: string): Promise<void> => {
    await using file = await open(path, 'r+');
    await file.write(Buffer.from(bytes), 0, bytes.length, offset);
  };

export const cut = (bytes: number) => (path: string) => truncate(path, bytes);

/** Changes a structure and makes its checksum right again. */
export const putChecked =
  (start: number, length: number, change: (bytes: Buffer) => void) =>
  async (path: string): Promise<void> => {
    await using file = await open(path, 'r+');
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, start);
    change(bytes);
    bytes.writeUInt32LE(crc32cWithoutField(bytes, 4), 4);
    await file.write(bytes, 0, length, start);
  };

export const all =
  (...harms: ((path: string) => Promise<void>)[]) =>
  async (path: string): Promise<void> => {
    for (const harm of harms) await harm(path);
  };

export const bothHeaders = (change: (bytes: Buffer) => void) =>
  all(...HEADERS.map((start) => putChecked(start, 4 * KIB, change)));
export const bothTables = (change: (bytes: Buffer) => void) =>
  all(...REGION_TABLES.map((start) => putChecked(start, 64 * KIB, change)));

/** A BAT entry: state, and place in MiB. */
export function entry(state: number, mebibytes: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(mebibytes) << 20n) | BigInt(state));
  return bytes;
}

export function footer(): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write('conectix');
  return bytes;
}
