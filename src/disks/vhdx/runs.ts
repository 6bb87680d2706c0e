/** Which ranges of the disk one VHDX file holds, and where in the file: BAT and sector bitmaps. */

import { bitAt, endOfBits } from '../bits.ts';
import { damaged } from '../faults.ts';
import type { Run } from '../layer.ts';
import { joinedRun } from '../runs.ts';
import { WINDOW_BYTES } from '../storage.ts';
import {
  type BatEntry,
  BITMAP_STATE,
  bitmapEntry,
  endOfRow,
  hasPlace,
  nextUnlike,
  payloadEntry,
  SECTORS_A_CHUNK,
  STATE,
} from './bat.ts';
import type { VhdxFile } from './vhdx-file.ts';

/** The longest run from `offset` on, at most up to `end`. Offsets are bytes of the disk. */
export const nextRun = (file: VhdxFile, offset: number, end: number): Promise<Run> =>
  joinedRun((from, endMax) => runInBlock(file, from, endMax), offset, end);

async function runInBlock(file: VhdxFile, offset: number, endMax: number): Promise<Run> {
  const { blockBytes, virtualBytes } = file.metadata;
  // A child may be larger than its parent: nothing is there.
  if (offset >= virtualBytes) return { offset, end: endMax, kind: 'absent', fileOffset: 0 };
  const block = Math.floor(offset / blockBytes);
  const entry = await payloadEntry(file, block);
  const last = Math.min(endMax, virtualBytes);
  const lastBlock = Math.ceil(last / blockBytes);
  if (!hasPlace(entry)) {
    const end = Math.min(last, (await nextUnlike(file, block, lastBlock)) * blockBytes);
    const kind = entry.state === STATE.notPresent ? 'absent' : 'zero';
    return { offset, end, kind, fileOffset: 0 };
  }
  const fileOffset = entry.fileOffset + (offset % blockBytes);
  if (entry.state === STATE.fullyPresent) {
    const end = Math.min(last, (await endOfRow(file, block, lastBlock)) * blockBytes);
    return { offset, end, kind: 'data', fileOffset };
  }
  const end = Math.min(last, (block + 1) * blockBytes);
  const bits = await sectorBits(file, block);
  const sectorBytes = file.metadata.logicalSectorBytes;
  const first = Math.floor((offset % blockBytes) / sectorBytes);
  const after = endOfBits(bits, { from: first, end: blockBytes / sectorBytes });
  const runEnd = Math.min(end, block * blockBytes + after * sectorBytes);
  if (bitAt(bits, first) === 0) return { offset, end: runEnd, kind: 'absent', fileOffset: 0 };
  return { offset, end: runEnd, kind: 'data', fileOffset };
}

/** Where a block's bits are in a sector bitmap block at `bitmap`: whole bytes, in one window. */
export function placeOfBits(file: VhdxFile, bitmap: BatEntry, block: number) {
  const { blockBytes, logicalSectorBytes } = file.metadata;
  const sectors = blockBytes / logicalSectorBytes;
  const firstSector = (block * sectors) % SECTORS_A_CHUNK;
  return { position: bitmap.fileOffset + firstSector / 8, length: sectors / 8 };
}

/** The bits of a partially present block's sectors, lowest bit first; 1 is here, 0 the parent's. */
export async function sectorBits(file: VhdxFile, block: number): Promise<Buffer> {
  const bitmap = await bitmapEntry(file, block);
  if (bitmap.state !== BITMAP_STATE.present)
    throw damaged(file.path, {
      what: `sector bitmap of block ${block}`,
      offset: bitmap.position,
      value: 'missing',
    });
  const { position, length } = placeOfBits(file, bitmap, block);
  const window = await file.storage.window(position);
  const start = position % WINDOW_BYTES;
  return window.subarray(start, start + length);
}
