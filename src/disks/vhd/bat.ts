/** Which ranges of the disk a dynamic or differencing VHD holds: block allocation table and bitmaps. */

import { bitAt, countOnes, endOfBits } from '../bits.ts';
import { damaged } from '../faults.ts';
import type { Run } from '../layer.ts';
import { overlap, type Range } from '../ranges.ts';
import { type Storage, WINDOW_BYTES } from '../storage.ts';
import { SECTOR_BYTES } from './footer.ts';
import type { SparseVhd } from './sparse.ts';

export const ENTRY_BYTES = 4;
/** The block is nowhere: it reads as zeros, in a child as its parent. */
export const UNUSED = 0xffff_ffff;
export const ORDER = 'highest first';
/** An entry counts sectors in 32 bits. However large a file says it is, no block begins behind this. */
const PLACES_END = 2 ** 32 * SECTOR_BYTES;

export interface VhdEntry {
  /** Where the entry stands in the file. */
  readonly position: number;
  /** Where the block's sector bitmap is in the file, its payload behind it; absent for an unused entry. */
  readonly place?: number;
}

/** Bytes of a block's sector bitmap in the file: one bit a sector, whole sectors. */
export const bitmapBytesOf = (blockBytes: number): number =>
  Math.ceil(blockBytes / SECTOR_BYTES / 8 / SECTOR_BYTES) * SECTOR_BYTES;

/** A block's entry, checked: its block lies in the file and on nothing else. */
export async function entryOf(disk: SparseVhd, block: number): Promise<VhdEntry> {
  const position = disk.header.tableOffset + block * ENTRY_BYTES;
  const sector = (await disk.storage.cached(position, ENTRY_BYTES)).readUInt32BE(0);
  if (sector === UNUSED) return { position };
  const place = sector * SECTOR_BYTES;
  const { virtualBytes, header } = disk;
  // Of the last block only what the disk has: not every program writes it whole.
  const payloadBytes = Math.min(header.blockBytes, virtualBytes - block * header.blockBytes);
  const range = { offset: place, length: disk.bitmapBytes + payloadBytes };
  if (disk.isReserved(range)) {
    const what = `place of block ${block} in the BAT`;
    throw damaged(disk.storage.path, { what, offset: position, value: place });
  }
  if (!(await disk.storage.holds(place, range.length + disk.endBytes)))
    throw await disk.storage.truncated(`block ${block}`, place, range.length);
  return { position, place };
}

/** The first block after an unused one that may be used: one look for a whole window of the map. */
async function nextUsed({ storage, header }: SparseVhd, block: number): Promise<number> {
  const position = header.tableOffset + block * ENTRY_BYTES;
  const window = await storage.window(position);
  let at = position % WINDOW_BYTES;
  while (at < WINDOW_BYTES && window.readUInt32BE(at) === UNUSED) at += ENTRY_BYTES;
  return Math.max(block + 1, block + (at - (position % WINDOW_BYTES)) / ENTRY_BYTES);
}

/** Four bytes in one sector: whatever is cut off, the entry is the old one or the new one. */
export async function holdEntry(
  disk: SparseVhd,
  position: number,
  place: number | undefined,
): Promise<void> {
  const bytes = Buffer.alloc(ENTRY_BYTES);
  bytes.writeUInt32BE(place === undefined ? UNUSED : place / SECTOR_BYTES);
  await disk.storage.hold(position, bytes);
}

/** The bits of a block that has a place, highest bit first; in a child 1 is here, 0 the parent's. */
export const bitsAt = (disk: SparseVhd, place: number): Promise<Buffer> =>
  disk.storage.cached(place, disk.header.blockBytes / SECTOR_BYTES / 8);

/**
 * The bitmap counts in a child alone. A dynamic disk's sectors without a bit were "never modified" and
 * read as what stands there, zeros; Hyper-V and QEMU do not look at their bits either.
 */
export async function sparseRun(disk: SparseVhd, offset: number, endMax: number): Promise<Run> {
  const { virtualBytes, header, bitmapBytes, isChild } = disk;
  const { blockBytes } = header;
  const block = Math.floor(offset / blockBytes);
  const { place } = await entryOf(disk, block);
  const next = place === undefined ? await nextUsed(disk, block) : block + 1;
  const end = Math.min(endMax, next * blockBytes, virtualBytes);
  if (place === undefined) return { offset, end, kind: 'absent', fileOffset: 0 };
  const within = offset % blockBytes;
  const fileOffset = place + bitmapBytes + within;
  if (!isChild) return { offset, end, kind: 'data', fileOffset };
  const bits = await bitsAt(disk, place);
  const from = Math.floor(within / SECTOR_BYTES);
  const after = endOfBits(bits, { from, end: blockBytes / SECTOR_BYTES }, ORDER);
  const runEnd = Math.min(end, block * blockBytes + after * SECTOR_BYTES);
  if (bitAt(bits, from, ORDER) === 0) return { offset, end: runEnd, kind: 'absent', fileOffset: 0 };
  return { offset, end: runEnd, kind: 'data', fileOffset };
}

/**
 * Bytes of payload that the file alone holds; of a child's blocks only its own sectors. Two blocks in
 * one place, or one outside the file, are a Verdict.
 */
export async function sparseAllocatedBytes(disk: SparseVhd): Promise<number> {
  const { virtualBytes, header, isChild, bitmapBytes } = disk;
  const { blockBytes } = header;
  const isFree = takenPlaces(disk.storage, bitmapBytes + blockBytes);
  let bytes = 0;
  for (let block = 0; block * blockBytes < virtualBytes; block++) {
    const { place, position } = await entryOf(disk, block);
    if (place === undefined) {
      block = (await nextUsed(disk, block)) - 1;
      continue;
    }
    const payloadBytes = Math.min(blockBytes, virtualBytes - block * blockBytes);
    if (!isFree({ offset: place, length: bitmapBytes + payloadBytes })) {
      const what = 'two blocks in one place of the file';
      throw damaged(disk.storage.path, { what, offset: position, value: place });
    }
    bytes += isChild ? countOnes(await bitsAt(disk, place)) * SECTOR_BYTES : payloadBytes;
  }
  return bytes;
}

/**
 * Says of one block after the other whether none before has any of its place. In each stretch of the
 * file that is as long as a block at most one begins, and only those in it and beside it can overlap:
 * four bytes for each stretch are enough, 16 MiB for the largest disk. The disk's last block may be
 * shorter; it comes last.
 */
export function takenPlaces(storage: Storage, blockLength: number): (taken: Range) => boolean {
  // Where in the stretch a block begins, in sectors, plus one; 0 where none does.
  const end = Math.min(storage.bytes, PLACES_END);
  const begins = new Uint32Array(Math.ceil(end / blockLength) + 1);
  return (taken) => {
    const stretch = Math.floor(taken.offset / blockLength);
    for (const near of [stretch - 1, stretch, stretch + 1]) {
      const begin = begins[near] ?? 0;
      if (begin === 0) continue;
      const offset = near * blockLength + (begin - 1) * SECTOR_BYTES;
      if (overlap(taken, { offset, length: blockLength })) return false;
    }
    begins[stretch] = (taken.offset % blockLength) / SECTOR_BYTES + 1;
    return true;
  };
}
