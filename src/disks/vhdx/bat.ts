/** The block allocation table of a VHDX file, [MS-VHDX] 2.5: which block is where, and in what state. */

import { damaged } from '../faults.ts';
import type { Shape } from '../layer.ts';
import { WINDOW_BYTES } from '../storage.ts';
import { MIB } from './regions.ts';
import type { VhdxFile } from './vhdx-file.ts';

export const BAT_ENTRY_BYTES = 8;
/** [MS-VHDX] 2.4: a sector bitmap block is 1 MiB, one bit a sector. */
export const BITMAP_BYTES = MIB;
export const SECTORS_A_CHUNK = BITMAP_BYTES * 8;

/** How much of the table is looked at together: of 64 TB it may have 512 MiB, nearly all of them zeros. */
const SCAN_BYTES = MIB;

/** [MS-VHDX] 2.5.1.1; 4 and 5 are reserved. */
export const STATE = {
  /** The parent's content; without a parent we read zeros, as everyone does. */
  notPresent: 0,
  /** Nobody knows the content; it reads as zeros and hides the parent. So does `unmapped`. */
  undefined: 1,
  zero: 2,
  unmapped: 3,
  fullyPresent: 6,
  /** The sector bitmap says which sectors are here and which are the parent's. */
  partiallyPresent: 7,
} as const;
const STATE_BITS = 7;
const STATES: readonly number[] = Object.values(STATE);

/** [MS-VHDX] 2.5.1.2. */
export const BITMAP_STATE = { notPresent: 0, present: 6 } as const;

export interface BatEntry {
  /** Where the entry stands in the file. */
  readonly position: number;
  readonly state: number;
  /** Where the block is in the file; a multiple of 1 MiB, 0 where the state has none. */
  readonly fileOffset: number;
}

/** Whether a payload block's bytes are in the file, all or some of them. */
export const hasPlace = ({ state }: BatEntry): boolean =>
  state === STATE.fullyPresent || state === STATE.partiallyPresent;

/** How many blocks share one sector bitmap block: [MS-VHDX] 2.4. */
export const chunkRatio = ({ logicalSectorBytes, blockBytes }: Shape): number =>
  (SECTORS_A_CHUNK * logicalSectorBytes) / blockBytes;

/** How many entries the table has: [MS-VHDX] 2.5. */
export function batEntries(shape: Shape, hasParent: boolean): number {
  const blocks = Math.ceil(shape.virtualBytes / shape.blockBytes);
  const ratio = chunkRatio(shape);
  if (hasParent) return Math.ceil(blocks / ratio) * (ratio + 1);
  return blocks + Math.floor((blocks - 1) / ratio);
}

/** A payload block's entry, checked: [MS-VHDX] 2.5.1.1. */
export async function payloadEntry(file: VhdxFile, block: number): Promise<BatEntry> {
  const entry = await readEntry(file, indexOf(file, block));
  const { state } = entry;
  const isPartial = state === STATE.partiallyPresent;
  if (!STATES.includes(state) || (isPartial && !file.metadata.hasParent))
    throw damaged(file.path, {
      what: `state of block ${block} in the BAT`,
      offset: entry.position,
      value: state,
    });
  if (hasPlace(entry))
    await checkPlace(file, entry, { name: `block ${block}`, length: file.metadata.blockBytes });
  return entry;
}

/**
 * The first block after one without a place that may be in another state, as far as `endBlock`: the
 * table is looked at in large pieces. Sector bitmaps are passed over where their state is the same.
 */
export async function nextUnlike(file: VhdxFile, block: number, endBlock: number): Promise<number> {
  const { storage, bat, metadata } = file;
  const end = indexOf(file, endBlock);
  let index = indexOf(file, block);
  let piece = await storage.window(bat.offset + index * BAT_ENTRY_BYTES);
  piece = piece.subarray((bat.offset + index * BAT_ENTRY_BYTES) % WINDOW_BYTES);
  const state = piece.readUInt32LE() & STATE_BITS;
  let scratch: Buffer | undefined;
  for (;;) {
    const alike = entriesAlike(piece, state);
    index += alike;
    if (alike < piece.length / BAT_ENTRY_BYTES || index >= end) break;
    scratch ??= Buffer.allocUnsafeSlow(SCAN_BYTES);
    piece = scratch.subarray(0, Math.min(SCAN_BYTES, (end - index) * BAT_ENTRY_BYTES));
    await storage.read(bat.offset + index * BAT_ENTRY_BYTES, piece, 'BAT');
  }
  const ratio = chunkRatio(metadata);
  return Math.floor(index / (ratio + 1)) * ratio + (index % (ratio + 1));
}

/** How many entries from the start on are in a state. */
function entriesAlike({ buffer, byteOffset, length }: Buffer, state: number): number {
  const words = new Int32Array(buffer, byteOffset, length / Int32Array.BYTES_PER_ELEMENT);
  let at = 0;
  while (at < words.length && ((words[at] ?? 0) & STATE_BITS) === state) at += 2;
  return at / 2;
}

/**
 * The first block after a fully present one that does not lie behind it in the file, as far as
 * `endBlock` and as one window of the table tells.
 */
export async function endOfRow(file: VhdxFile, block: number, endBlock: number): Promise<number> {
  const { position, fileOffset } = await payloadEntry(file, block);
  const { blockBytes } = file.metadata;
  const window = await file.storage.window(position);
  const start = position - (position % WINDOW_BYTES);
  let end = block + 1;
  for (; end < endBlock; end++) {
    const at = positionOf(file, end) - start;
    if (at >= WINDOW_BYTES) break;
    const next = decodeEntry(window, at);
    const isBehind = next.fileOffset === fileOffset + (end - block) * blockBytes;
    if (next.state !== STATE.fullyPresent || !isBehind) break;
  }
  const row = { offset: fileOffset, length: (end - block) * blockBytes };
  const isPlace = !file.isReserved(row) && (await file.storage.holds(row.offset, row.length));
  // Which of them has no right place is found when it is looked at alone.
  return isPlace ? end : block + 1;
}

/** Where the entry of a payload block stands in the file. */
export const positionOf = (file: VhdxFile, block: number): number =>
  file.bat.offset + indexOf(file, block) * BAT_ENTRY_BYTES;

/** The entry of the sector bitmap block that a payload block belongs to, checked. */
export async function bitmapEntry(file: VhdxFile, block: number): Promise<BatEntry> {
  const ratio = chunkRatio(file.metadata);
  const chunk = Math.floor(block / ratio);
  const entry = await readEntry(file, chunk * (ratio + 1) + ratio);
  if (entry.state === BITMAP_STATE.notPresent) return entry;
  if (entry.state !== BITMAP_STATE.present)
    throw damaged(file.path, {
      what: `state of sector bitmap ${chunk} in the BAT`,
      offset: entry.position,
      value: entry.state,
    });
  await checkPlace(file, entry, { name: `sector bitmap ${chunk}`, length: BITMAP_BYTES });
  return entry;
}

/** Eight bytes in one sector: whatever is cut off, the entry is the old one or the new one. */
export async function holdEntry(file: VhdxFile, entry: BatEntry): Promise<void> {
  const bytes = Buffer.alloc(BAT_ENTRY_BYTES);
  encodeEntry(bytes, 0, entry);
  await file.storage.hold(entry.position, bytes);
}

export function encodeEntry(
  into: Buffer,
  at: number,
  { state, fileOffset }: Omit<BatEntry, 'position'>,
): void {
  const mebibytes = fileOffset / MIB;
  into.writeUInt32LE(((mebibytes % 0x1000) * 0x100000 + state) >>> 0, at);
  into.writeUInt32LE(Math.floor(mebibytes / 0x1000), at + 4);
}

/** After the blocks of a chunk stands the entry of its sector bitmap. */
const indexOf = (file: VhdxFile, block: number): number =>
  block + Math.floor(block / chunkRatio(file.metadata));

async function readEntry(file: VhdxFile, index: number): Promise<BatEntry> {
  const position = file.bat.offset + index * BAT_ENTRY_BYTES;
  const window = await file.storage.window(position);
  return { position, ...decodeEntry(window, position % WINDOW_BYTES) };
}

/** State: bits 0 to 2. Place in MiB: bits 20 to 63. What is between is reserved, and ignored. */
function decodeEntry(bytes: Buffer, at: number): Omit<BatEntry, 'position'> {
  const low = bytes.readUInt32LE(at);
  const mebibytes = (low >>> 20) + bytes.readUInt32LE(at + 4) * 0x1000;
  return { state: low & STATE_BITS, fileOffset: mebibytes * MIB };
}

async function checkPlace(
  file: VhdxFile,
  entry: BatEntry,
  { name, length }: { name: string; length: number },
): Promise<void> {
  const offset = entry.fileOffset;
  if (file.isReserved({ offset, length }))
    throw damaged(file.path, {
      what: `place of ${name} in the BAT`,
      offset: entry.position,
      value: offset,
    });
  if (!(await file.storage.holds(offset, length)))
    throw await file.storage.truncated(name, offset, length);
}
