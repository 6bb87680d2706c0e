/** Writes logs as [MS-VHDX] 2.3.1 has them, for files that were not closed. */

import { copyFile, open, readFile } from 'node:fs/promises';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { crc32cWithoutField } from '../../src/disks/vhdx/crc32c.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { type Folder, MIB, pattern, write } from './folder.ts';
import { BAT, bothHeaders, KIB, METADATA } from './harm.ts';

export const SECTOR = 4 * KIB;
/** Where `createDisk` and QEMU put it. */
export const LOG = MIB;
export const LOG_GUID = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');

export type LogUpdate =
  | { readonly at: number; readonly bytes: Buffer }
  | { readonly at: number; readonly zeros: number };

export interface Entry {
  readonly number: bigint;
  /** Of the log. */
  readonly tail: number;
  readonly updates: readonly LogUpdate[];
  readonly guid?: Buffer;
  readonly flushedFileOffset: number;
  readonly lastFileOffset: number;
}

export function encodeEntry(entry: Entry): Buffer {
  const { number, updates } = entry;
  const data = updates.flatMap((update) => ('bytes' in update ? [update.bytes] : []));
  const descriptorBytes = Math.ceil((64 + 32 * updates.length) / SECTOR) * SECTOR;
  const bytes = Buffer.alloc(descriptorBytes + data.length * SECTOR);
  bytes.write('loge', 0);
  bytes.writeUInt32LE(bytes.length, 8);
  bytes.writeUInt32LE(entry.tail, 12);
  bytes.writeBigUInt64LE(number, 16);
  bytes.writeUInt32LE(updates.length, 24);
  (entry.guid ?? LOG_GUID).copy(bytes, 32);
  bytes.writeBigUInt64LE(BigInt(entry.flushedFileOffset), 48);
  bytes.writeBigUInt64LE(BigInt(entry.lastFileOffset), 56);
  updates.forEach((update, index) => {
    const at = 64 + 32 * index;
    bytes.write('bytes' in update ? 'desc' : 'zero', at);
    if ('bytes' in update) {
      update.bytes.copy(bytes, at + 4, SECTOR - 4);
      update.bytes.copy(bytes, at + 8, 0, 8);
    } else bytes.writeBigUInt64LE(BigInt(update.zeros), at + 8);
    bytes.writeBigUInt64LE(BigInt(update.at), at + 16);
    bytes.writeBigUInt64LE(number, at + 24);
  });
  data.forEach((sector, index) => {
    const at = descriptorBytes + index * SECTOR;
    bytes.write('data', at);
    bytes.writeUInt32LE(Number(number >> 32n), at + 4);
    sector.copy(bytes, at + 8, 8, SECTOR - 4);
    bytes.writeUInt32LE(Number(number & 0xffff_ffffn), at + SECTOR - 4);
  });
  return summed(bytes);
}

/** With its checksum made right. */
export function summed(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32cWithoutField(bytes, 4), 4);
  return bytes;
}

/** Puts bytes into the log, round its end where they reach it. */
export async function putIntoLog(path: string, at: number, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'r+');
  const start = at % MIB;
  const first = bytes.subarray(0, MIB - start);
  await file.write(first, 0, first.length, LOG + start);
  await file.write(bytes, first.length, bytes.length - first.length, LOG);
}

export const nameLog = (path: string, guid: Buffer = LOG_GUID): Promise<void> =>
  bothHeaders((bytes) => guid.copy(bytes, 48))(path);

export interface Shape {
  /** Where the first entry begins in the log. */
  readonly start?: number;
  readonly number?: bigint;
  readonly updatesAnEntry?: number;
}

/**
 * Puts the structures of a file back to how they were in `before`, an older copy of it, and what was
 * changed in them into its log: as a host leaves them that lost its power. The entries are returned with
 * their places in the log.
 */
export async function loseInPlace(
  path: string,
  before: string,
  { start = 0, number = 1n, updatesAnEntry = 8 }: Shape = {},
): Promise<{ at: number; entry: Entry }[]> {
  const [now, then] = [await readFile(path), await readFile(before)];
  const updates: LogUpdate[] = [];
  await using file = await open(path, 'r+');
  for (const { offset, length } of structuresOf(now)) {
    for (let at = offset; at < offset + length; at += SECTOR) {
      const bytes = now.subarray(at, at + SECTOR);
      const old = Buffer.concat([then.subarray(at, at + SECTOR)], SECTOR);
      if (bytes.equals(old)) continue;
      await file.write(old, 0, SECTOR, at);
      updates.push(bytes.equals(Buffer.alloc(SECTOR)) ? { at, zeros: SECTOR } : { at, bytes });
    }
  }
  const entries: { at: number; entry: Entry }[] = [];
  const sizes = { flushedFileOffset: then.length, lastFileOffset: now.length };
  for (let done = 0, at = start; done < updates.length; done += updatesAnEntry) {
    const part = updates.slice(done, done + updatesAnEntry);
    const entry = { number: number + BigInt(entries.length), tail: start, updates: part, ...sizes };
    entries.push({ at, entry });
    const bytes = encodeEntry(entry);
    await putIntoLog(path, at, bytes);
    at = (at + bytes.length) % MIB;
  }
  await nameLog(path);
  return entries;
}

/** All of a small disk that is changed by way of a log: no header, no payload. */
function structuresOf(file: Buffer): { offset: number; length: number }[] {
  const bitmap = file.readBigUInt64LE(BAT + 8 * 4096);
  return [
    { offset: 192 * KIB, length: 128 * KIB },
    { offset: METADATA, length: 2 * MIB },
    ...((bitmap & 7n) === 6n ? [{ offset: Number(bitmap >> 20n) * MIB, length: MIB }] : []),
  ];
}

export interface Lost {
  /** As they were to be. */
  readonly whole: string;
  /** The same, but for what stands in its log alone. */
  readonly dirty: string;
  /** Before the changes that are in the log. */
  readonly before: string;
}

/** A base, or a child of it, whose last changes of the structures are in its log. */
export async function lostDisk(folder: Folder, kind: 'base' | 'child'): Promise<Lost> {
  const [before, whole, dirty] = ['before', 'whole', 'dirty'].map((name) =>
    folder.path(`${kind}-${name}.vhdx`),
  ) as [string, string, string];
  const base = kind === 'base' ? before : folder.path('base.vhdx');
  await createDisk(base, { virtualBytes: 8 * MIB, blockBytes: MIB });
  await write(base, 0, pattern(3 * MIB, 1));
  if (kind === 'child') {
    await createChild(before, base, { blockBytes: MIB });
    await write(before, MIB + 4096, pattern(8192, 2));
  }
  await copyFile(before, whole);
  {
    await using disk = await openForWriting(whole);
    await disk.write(MIB + 512, pattern(512, 3));
    await disk.write(4 * MIB + 512, pattern(2 * MIB, 4));
    await disk.zero(2 * MIB, MIB);
    await disk.zero(7 * MIB, MIB);
  }
  await copyFile(whole, dirty);
  await loseInPlace(dirty, before);
  return { before, whole, dirty };
}
