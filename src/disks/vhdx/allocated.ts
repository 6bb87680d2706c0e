/** How much one file holds, found by a pass over its whole map, which is checked on the way. */

import { countOnes } from '../bits.ts';
import { damaged } from '../faults.ts';
import {
  type BatEntry,
  BITMAP_BYTES,
  BITMAP_STATE,
  bitmapEntry,
  chunkRatio,
  endOfRow,
  hasPlace,
  nextUnlike,
  payloadEntry,
  positionOf,
  STATE,
} from './bat.ts';
import { MIB } from './regions.ts';
import { sectorBits } from './runs.ts';
import type { VhdxFile } from './vhdx-file.ts';

/**
 * Bytes of payload that this file alone holds; of partially present blocks only its own sectors.
 * Two blocks in one place, or one outside the file, are a Verdict.
 */
export async function allocatedBytes(file: VhdxFile): Promise<number> {
  const { blockBytes, virtualBytes, logicalSectorBytes, hasParent } = file.metadata;
  const take = takenPlaces(file);
  const ratio = chunkRatio(file.metadata);
  let bytes = 0;
  let chunksDone = 0;
  /** Of the chunks that were passed over as one hole, only the last one can have a bitmap. */
  const takeBitmaps = async (chunk: number): Promise<void> => {
    for (let next = Math.max(chunksDone, chunk - 1); hasParent && next <= chunk; next++) {
      const bitmap = await bitmapEntry(file, next * ratio);
      if (bitmap.state === BITMAP_STATE.present) take(bitmap, BITMAP_BYTES);
    }
    chunksDone = chunk + 1;
  };
  for (let block = 0; block < file.blocks; ) {
    await takeBitmaps(Math.floor(block / ratio));
    const entry = await payloadEntry(file, block);
    if (!hasPlace(entry)) {
      block = await nextUnlike(file, block, file.blocks);
      continue;
    }
    if (entry.state === STATE.partiallyPresent) {
      take(entry, blockBytes);
      bytes += countOnes(await sectorBits(file, block)) * logicalSectorBytes;
      block++;
      continue;
    }
    // A chunk's bitmap is taken before the blocks of the next one.
    const endOfChunk = Math.min(file.blocks, (Math.floor(block / ratio) + 1) * ratio);
    const end = await endOfRow(file, block, endOfChunk);
    for (let { fileOffset } = entry; block < end; block++, fileOffset += blockBytes) {
      take({ position: positionOf(file, block), fileOffset }, blockBytes);
      bytes += Math.min(blockBytes, virtualBytes - block * blockBytes);
    }
  }
  await takeBitmaps(Math.floor((file.blocks - 1) / ratio));
  return bytes;
}

type Place = Pick<BatEntry, 'position' | 'fileOffset'>;

/** Remembers which parts of the file are taken: one bit for each MiB, 16 MiB for the largest file. */
function takenPlaces(file: VhdxFile): (entry: Place, length: number) => void {
  const taken = new Uint8Array(Math.ceil(file.storage.bytes / MIB / 8) + 1);
  return ({ fileOffset, position }, length) => {
    for (let place = fileOffset / MIB; place < (fileOffset + length) / MIB; place++) {
      const bits = taken[place >> 3] ?? 0;
      const bit = 1 << (place & 7);
      if ((bits & bit) !== 0) {
        const what = 'two blocks in one place of the file';
        throw damaged(file.path, { what, offset: position, value: fileOffset });
      }
      taken[place >> 3] = bits | bit;
    }
  };
}
