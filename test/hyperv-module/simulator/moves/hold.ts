/** How fast simulated moves go, and where tests make them wait. */

export interface Pace {
  /** Of the first copy of the disks; absent: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** How long sending the memory takes. */
  readonly memoryMilliseconds: number;
  /** How long Compare-VM's planned VM stays at the target. */
  readonly plannedMilliseconds: number;
  /** How long a job object stays after its end. */
  readonly jobKeptMilliseconds: number;
  /** How long Stop-VM waits for the guest. */
  readonly stopMilliseconds: number;
  /** How long a job that a WMI method begins takes before it does anything. */
  readonly jobMilliseconds: number;
  /** Between a checkpoint's removal and the merge of its files, at least. */
  readonly mergeMilliseconds: number;
}

export const PACE: Pace = {
  memoryMilliseconds: 100,
  plannedMilliseconds: 300,
  // TimeBeforeRemoval: facts A.12.
  jobKeptMilliseconds: 300_000,
  stopMilliseconds: 10_000,
  jobMilliseconds: 20,
  mergeMilliseconds: 50,
};

/** Moves wait at a percentage until they are released or cancelled. */
export class Hold {
  #at: number | undefined;
  #released = Promise.withResolvers<void>();

  set(percent: number): void {
    this.release();
    this.#at = percent;
    this.#released = Promise.withResolvers<void>();
  }

  release(): void {
    this.#at = undefined;
    this.#released.resolve();
  }

  /** Where a move that has come so far must wait; `undefined` where it may go on. */
  stops(percent: number): number | undefined {
    return this.#at !== undefined && percent >= this.#at ? this.#at : undefined;
  }

  get released(): Promise<void> {
    return this.#released.promise;
  }
}
