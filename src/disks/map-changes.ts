/**
 * What the writers of all formats share: changes of a map in turn, and the places that they free.
 *
 * The map's sectors are held in memory and reach storage at `flush` alone, between two syncs: what they
 * show first. So a kill or a power cut leaves a map of before or after in each of its sectors, and each
 * entry of either is right. The log of a VHDX ([MS-VHDX] 2.3) would do the same, with a second write
 * for each sector and a file that others must replay, and a VHD has none.
 */

import type { Storage } from './storage.ts';

/** Places of blocks that became zero, kept for new blocks; more than these stay unused. */
const FREE_PLACES_MAX = 4096;
/** 2 MiB, and what one change adds to that: at most a block's sector bitmap of 64 KiB and two entries. */
const SECTORS_HELD_MAX = 4096;

export class MapChanges {
  readonly #storage: Storage;
  #last: Promise<unknown> = Promise.resolve();
  /** Freed since the last flush: on storage the map may still show them. */
  #freed: number[] = [];
  #reusable: number[] = [];

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Changes of the map wait for each other, and for a flush when there are many. */
  exclusively(change: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      if (this.#storage.heldSectors >= SECTORS_HELD_MAX) await this.flush();
      await change();
    });
    // Whoever waits for `done` hears of its failure; the next change goes on either way.
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** The map shows this place of a block no longer; after the next flush it may be taken again. */
  free(fileOffset: number): void {
    if (this.#freed.length < FREE_PLACES_MAX) this.#freed.push(fileOffset);
  }

  /** A place that a block left, with what it held. */
  takeFree(): number | undefined {
    return this.#reusable.pop();
  }

  async flush(): Promise<void> {
    const freed = this.#freed;
    this.#freed = [];
    await this.#storage.flush();
    this.#reusable.push(...freed.slice(0, FREE_PLACES_MAX - this.#reusable.length));
  }
}
