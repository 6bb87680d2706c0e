/** What a file will hold once changes are made that stand beside it: laid over what is read of it. */

import { overlap, type Range } from './ranges.ts';

export const SECTOR_BYTES = 4096;

export interface Overlay {
  /** The file is at least this long with them; what it lacks reads as zeros. */
  readonly bytes: number;
  readonly zeros: readonly Range[];
  /** Whole sectors by their place in the file, which is aligned. They count where zeros are too. */
  readonly sectors: ReadonlyMap<number, Buffer>;
}

/** Changes `into`, which was read at `position`. */
export function layOver({ zeros, sectors }: Overlay, position: number, into: Uint8Array): void {
  const read = { offset: position, length: into.length };
  const end = position + into.length;
  for (const zero of zeros) {
    if (!overlap(zero, read)) continue;
    const from = Math.max(zero.offset, position);
    into.fill(0, from - position, Math.min(zero.offset + zero.length, end) - position);
  }
  const first = position - (position % SECTOR_BYTES);
  for (let place = first; sectors.size > 0 && place < end; place += SECTOR_BYTES) {
    const sector = sectors.get(place);
    if (sector === undefined) continue;
    const from = Math.max(place, position);
    into.set(sector.subarray(from - place, end - place), from - position);
  }
}
