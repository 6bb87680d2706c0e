/** A disk's flat content: as a raw file, and compared with another disk. */

import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { openChain } from './chain.ts';
import type { DiskReader, Extent } from './disk.ts';
import { PIECE_BYTES_MAX, piecesOf } from './pieces.ts';
import { Storage } from './storage.ts';
import { COOKIE } from './vhd/footer.ts';
import { FILE_SIGNATURE } from './vhdx/vhdx-file.ts';

/** Runs of zeros this long are left out of a raw file. */
const HOLE_BYTES = 64 * 1024;
const DISK_NAMES = ['.vhdx', '.avhdx', '.vhd', '.avhd'];
const SIGNATURES = [FILE_SIGNATURE, COOKIE];
const SIGNATURE_BYTES = 8;
const ZEROS = Buffer.alloc(HOLE_BYTES);

/** Where two disks differ first; `offset` is bytes of the disk. */
export type Comparison =
  | { readonly equal: true }
  | { readonly equal: false; readonly offset: number };

/**
 * Writes the content of the disk whose leaf is named, holes for zeros. A file that is already there
 * is `disk-exists`; one that was not finished is removed.
 */
export async function exportRaw(leafPath: string, rawPath: string): Promise<void> {
  await using disk = await openChain(leafPath);
  await using raw = await Storage.open(rawPath, 'wx');
  try {
    await raw.growTo(disk.virtualBytes);
    for await (const extent of disk.extents()) {
      if (extent.kind === 'zero') continue;
      for await (const piece of piecesOf(disk, extent)) {
        await writeWithHoles(raw, piece.offset, piece.bytes);
      }
    }
    await raw.flush();
  } catch (error) {
    await rm(raw.path, { force: true });
    throw error;
  }
}

/** Compares disks (leaves of their chains) or raw files as a guest would read them. */
export async function compareDisks(a: string, b: string): Promise<Comparison> {
  await using first = await openFlat(a);
  await using second = await openFlat(b);
  const end = Math.min(first.virtualBytes, second.virtualBytes);
  const ahead = [dataAhead(first), dataAhead(second)] as const;
  const buffers = [Buffer.alloc(PIECE_BYTES_MAX), Buffer.alloc(PIECE_BYTES_MAX)] as const;
  let at = 0;
  while (at < end) {
    // Where neither holds data, both read as zeros.
    at = Math.min(await ahead[0](at), await ahead[1](at));
    const length = Math.min(PIECE_BYTES_MAX, end - at);
    if (length <= 0) break;
    const [left, right] = buffers.map((buffer) => buffer.subarray(0, length));
    if (left === undefined || right === undefined) throw new Error('There are two buffers');
    await Promise.all([first.read(at, left), second.read(at, right)]);
    if (!left.equals(right)) return { equal: false, offset: at + firstDifference(left, right) };
    at += length;
  }
  return first.virtualBytes === second.virtualBytes
    ? { equal: true }
    : { equal: false, offset: end };
}

type Flat = Pick<DiskReader, 'virtualBytes' | 'extents' | 'read'> & AsyncDisposable;

/** A disk by its name or its first bytes; everything else is raw, also a fixed VHD by another name. */
async function openFlat(path: string): Promise<Flat> {
  if (DISK_NAMES.includes(extname(path).toLowerCase()) || (await startsAsDisk(path)))
    return openChain(path);
  const raw = await Storage.open(path, 'r');
  return {
    virtualBytes: raw.bytes,
    extents: async function* () {
      yield { offset: 0, length: raw.bytes, kind: 'data' };
    },
    read: (offset, into) => raw.read(offset, into, 'raw content'),
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  };
}

async function startsAsDisk(path: string): Promise<boolean> {
  await using file = await Storage.open(path, 'r');
  const bytes = Buffer.alloc(Math.min(SIGNATURE_BYTES, file.bytes));
  await file.read(0, bytes, 'signature');
  return SIGNATURES.includes(bytes.toString('latin1'));
}

/** A function that says from where on, at or after an offset that only grows, there is data. */
function dataAhead(disk: Flat): (offset: number) => Promise<number> {
  const extents = disk.extents();
  let extent: Extent | undefined;
  return async (offset) => {
    while (
      extent === undefined ||
      extent.kind === 'zero' ||
      extent.offset + extent.length <= offset
    ) {
      const next = await extents.next();
      if (next.done) return Number.POSITIVE_INFINITY;
      extent = next.value;
    }
    return Math.max(offset, extent.offset);
  };
}

function firstDifference(left: Buffer, right: Buffer): number {
  for (let start = 0; start < left.length; start += HOLE_BYTES) {
    const end = Math.min(start + HOLE_BYTES, left.length);
    if (left.subarray(start, end).equals(right.subarray(start, end))) continue;
    for (let at = start; at < end; at++) if (left[at] !== right[at]) return at;
  }
  throw new Error('The two are equal');
}

async function writeWithHoles(raw: Storage, offset: number, bytes: Buffer): Promise<void> {
  let start = 0;
  for (let at = 0; at <= bytes.length; at += HOLE_BYTES) {
    const part = bytes.subarray(at, at + HOLE_BYTES);
    const isHole = part.equals(ZEROS.subarray(0, part.length));
    if (!isHole) continue;
    if (at > start) await raw.write(offset + start, bytes.subarray(start, at));
    start = at + part.length;
  }
  if (start < bytes.length) await raw.write(offset + start, bytes.subarray(start));
}
