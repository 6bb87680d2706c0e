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
  const index = block + Math.floor(block / chunkRatio(file.metadata));
  const entry = await readEntry(file, index);
  const { state } = entry;
  const isPartial = state === STATE.partiallyPresent;
  if (!STATES.includes(state) || (isPartial && !file.metadata.hasParent))
    throw damaged(file.path, {
      what: `state of block ${block} in the BAT`,
      offset: entry.position,
      value: state,
    });
  if (state === STATE.fullyPresent || isPartial)
    await checkPlace(file, entry, { name: `block ${block}`, length: file.metadata.blockBytes });
  return entry;
}

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

/** One write of eight bytes: a killed process leaves the old entry or the new one. */
export async function writeEntry(file: VhdxFile, entry: BatEntry): Promise<void> {
  const bytes = Buffer.alloc(BAT_ENTRY_BYTES);
  encodeEntry(bytes, 0, entry);
  await file.storage.patch(entry.position, bytes);
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

/** State: bits 0 to 2. Place in MiB: bits 20 to 63. What is between is reserved, and ignored. */
async function readEntry(file: VhdxFile, index: number): Promise<BatEntry> {
  const position = file.bat.offset + index * BAT_ENTRY_BYTES;
  const window = await file.storage.window(position);
  const at = position % WINDOW_BYTES;
  const low = window.readUInt32LE(at);
  const mebibytes = (low >>> 20) + window.readUInt32LE(at + 4) * 0x1000;
  return { position, state: low & 7, fileOffset: mebibytes * MIB };
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
