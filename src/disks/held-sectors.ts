/**
 * Sectors of a file's maps that were changed and are not on storage yet: until the next flush they
 * are kept here and laid over what is read of the file.
 */

import type { Range } from './ranges.ts';

/** The least that storage writes whole. Each sector of a map is right whatever the others are. */
const SECTOR_BYTES = 512;

type Sectors = Map<number, Buffer>;

export class HeldSectors {
  /** Changed since the last flush began. */
  #changed: Sectors = new Map();
  /** Being written by the flush that is going on. */
  #leaving: Sectors = new Map();
  /** How often sectors left for the file: who read the file meanwhile may have read before and after. */
  #departures = 0;

  get count(): number {
    return this.#changed.size + this.#leaving.size;
  }

  get departures(): number {
    return this.#departures;
  }

  /** Keeps the sectors of `window`, which begins at `start` in the file, that have any of the range. */
  keep({ offset, length }: Range, window: Buffer, start: number): void {
    const first = offset - (offset % SECTOR_BYTES);
    for (let place = first; place < offset + length; place += SECTOR_BYTES) {
      const sector = window.subarray(place - start, place - start + SECTOR_BYTES);
      this.#changed.set(place, Buffer.from(sector));
    }
  }

  /** Changes `into`, which was read at `position`. */
  layOver(position: number, into: Uint8Array): void {
    for (const sectors of [this.#leaving, this.#changed]) {
      const end = position + into.length;
      const first = position - (position % SECTOR_BYTES);
      for (let place = first; sectors.size > 0 && place < end; place += SECTOR_BYTES) {
        const sector = sectors.get(place);
        if (sector === undefined) continue;
        const from = Math.max(place, position);
        into.set(sector.subarray(from - place, end - place), from - position);
      }
    }
  }

  /** All that is held by now, in the order of the file, neighbours as one. `left` is to be called then. */
  leave(): { readonly position: number; readonly bytes: Buffer }[] {
    this.#leaving = this.#changed;
    this.#changed = new Map();
    const runs: { position: number; sectors: Buffer[] }[] = [];
    for (const [place, sector] of [...this.#leaving].toSorted(([a], [b]) => a - b)) {
      const last = runs.at(-1);
      if (last !== undefined && last.position + last.sectors.length * SECTOR_BYTES === place)
        last.sectors.push(sector);
      else runs.push({ position: place, sectors: [sector] });
    }
    return runs.map(({ position, sectors }) => ({ position, bytes: Buffer.concat(sectors) }));
  }

  /** What `leave` gave is on storage. */
  left(): void {
    this.#departures++;
    this.#leaving = new Map();
  }
}
