/** The open disks of a running guest: one holder at a time, records or a change of the chain. */

import type { DiskWriter } from '../../disks/disk.ts';
import { openForWriting } from '../../disks/writer.ts';
import { exists } from '../files.ts';
import { type Opener, realDisks, recordDisks } from './checkpoints.ts';
import type { Place } from './layout.ts';
import { encodeRecord, RECORD_BYTES, readRing, ringOffset, slotOf } from './records.ts';
import { requireVm } from './state.ts';

export class GuestDisks implements Opener, AsyncDisposable {
  readonly running = true;
  readonly #place: Place;
  #writers: DiskWriter[] = [];
  #last: Promise<void> = Promise.resolve();

  private constructor(place: Place) {
    this.#place = place;
  }

  /** Opens the leaves that `vm.json` names. @throws what opening throws; nothing stays open. */
  static async open(place: Place): Promise<GuestDisks> {
    const disks = new GuestDisks(place);
    await disks.#open();
    return disks;
  }

  /** Writes one record where it belongs and flushes that disk. */
  async write(number: number): Promise<void> {
    await this.#alone(async () => {
      const { disk, index } = slotOf(number, this.#writers.length);
      const writer = this.#writers[disk];
      if (writer === undefined) throw new Error(`There is no disk ${disk}`);
      const record = encodeRecord(this.#place.vmId, number, Date.now());
      const offset = ringOffset(writer.virtualBytes) + index * RECORD_BYTES;
      await writer.write(offset, record);
      await writer.flush();
    });
  }

  /** The highest record on the disks; 0 when there is none. */
  async highest(): Promise<number> {
    let highest = 0;
    await this.#alone(async () => {
      for (const writer of this.#writers) {
        const numbers = await readRing(writer, this.#place.vmId);
        highest = numbers.reduce<number>((most, number) => Math.max(most, number ?? 0), highest);
      }
    });
    return highest;
  }

  async released(act: () => Promise<void>): Promise<void> {
    await this.#alone(async () => {
      await this.#close();
      try {
        await act();
      } finally {
        await this.#open();
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#alone(() => this.#close());
  }

  async #open(): Promise<void> {
    try {
      for (const { path } of recordDisks((await requireVm(this.#place)).disks)) {
        this.#writers.push(await openForWriting(path));
      }
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) await writer[Symbol.asyncDispose]();
  }

  #alone(act: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(act);
    // Whoever comes next waits for the end, and only the caller hears of a failure.
    this.#last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }
}

/** The first disk whose leaf is not where the definition says, as Windows would find it. */
export async function missingLeaf(place: Place): Promise<string | undefined> {
  for (const { path } of realDisks((await requireVm(place)).disks)) {
    if (!(await exists(path))) return path;
  }
  return undefined;
}
