/** How much one file holds, found by a pass over its whole map, which is checked on the way. */

import { countOnes } from '../bits.ts';
import { damaged } from '../faults.ts';
import {
  type BatEntry,
  BITMAP_BYTES,
  BITMAP_STATE,
  bitmapEntry,
  chunkRatio,
  payloadEntry,
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
  for (let block = 0; block < file.blocks; block++) {
    if (hasParent && block % ratio === 0) {
      const bitmap = await bitmapEntry(file, block);
      if (bitmap.state === BITMAP_STATE.present) take(bitmap, BITMAP_BYTES);
    }
    const entry = await payloadEntry(file, block);
    if (entry.state === STATE.fullyPresent) {
      take(entry, blockBytes);
      bytes += Math.min(blockBytes, virtualBytes - block * blockBytes);
    }
    if (entry.state === STATE.partiallyPresent) {
      take(entry, blockBytes);
      bytes += countOnes(await sectorBits(file, block)) * logicalSectorBytes;
    }
  }
  return bytes;
}

/** Remembers which parts of the file are taken: one bit for each MiB, 16 MiB for the largest file. */
function takenPlaces(file: VhdxFile): (entry: BatEntry, length: number) => void {
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
