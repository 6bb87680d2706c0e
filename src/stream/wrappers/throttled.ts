/**
 * A limit on bytes a second that may be changed while it is in use, and that several streams share:
 * a token bucket, with turns by how much each has had.
 */

import { setTimeout as sleep } from 'node:timers/promises';

/** What may go out at once after a pause, or after a timer that came late. */
const BURST_SECONDS = 0.1;
/** As much goes out at once: small enough that a changed limit holds, and no stream waits for long. */
const SLICE_SECONDS = 0.02;
const SLICE_BYTES_MAX = 131_072;
/** Whoever is away for a moment, because its socket is full, makes up for no more than this. */
const CREDIT_BYTES_MAX = 1_048_576;
/** Timers are no finer. */
const SLEEP_MS_MIN = 1;

export interface RateLimit {
  /** `undefined`: no limit. Holds at once, also for those who wait. */
  set(bytesPerSecond: number | undefined): void;
  /**
   * Resolves when bytes may go out, with how many: from 1 up to so many. What is left is asked for
   * again once these are on their way.
   */
  take(bytesMax: number, signal?: AbortSignal): Promise<number>;
  /** What was taken and does not go out. */
  giveBack(bytes: number): void;
  /** The same limit for one stream of several: those that always have something get equal bytes. */
  share(): RateLimit;
}

/** Milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
};

/** A stream's part. */
interface Share {
  /** The turn up to which it has had its bytes. */
  had: number;
}

interface Waiter {
  readonly share: Share;
  readonly bytesMax: number;
  /** Whose is lowest is next. */
  readonly turn: number;
  readonly resolve: (bytes: number) => void;
}

class Bucket {
  readonly #clock: Clock;
  readonly #waiting: Waiter[] = [];
  #rate: number | undefined;
  /** Below zero: what went out already and is still to be waited for. */
  #tokens = 0;
  #filledAt: number;
  /** Of the newest grant. */
  #turn = 0;
  #sleeping: AbortController | undefined;
  #grants = false;

  constructor(rate: number | undefined, clock: Clock) {
    this.#clock = clock;
    this.#rate = rate;
    this.#filledAt = clock.now();
  }

  set(rate: number | undefined): void {
    this.#fill();
    // What a faster limit let go out is not waited for any longer under a slower one.
    if (rate === undefined || this.#rate === undefined) this.#tokens = 0;
    else this.#tokens *= Math.min(1, rate / this.#rate);
    this.#rate = rate;
    this.#sleeping?.abort();
  }

  giveBack(bytes: number): void {
    if (this.#rate !== undefined) this.#tokens += bytes;
  }

  async take(share: Share, bytesMax: number, signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    if (this.#rate === undefined) return bytesMax;
    return await new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        share,
        bytesMax,
        turn: Math.max(share.had, this.#turn - CREDIT_BYTES_MAX),
        resolve: (bytes) => {
          signal?.removeEventListener('abort', leave);
          resolve(bytes);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
      this.#grantAll().catch(reject);
    });
  }

  #fill(): void {
    const now = this.#clock.now();
    const rate = this.#rate ?? 0;
    const filled = this.#tokens + ((now - this.#filledAt) / 1000) * rate;
    this.#tokens = Math.min(filled, rate * BURST_SECONDS);
    this.#filledAt = now;
  }

  async #grantAll(): Promise<void> {
    if (this.#grants) return;
    this.#grants = true;
    try {
      while (this.#waiting.length > 0) {
        this.#fill();
        const rate = this.#rate;
        if (rate === undefined || this.#tokens >= 0) {
          this.#grant(rate);
          // Whoever was granted may ask again before the next one is, after all that follows at once:
          // else a stream of small frames is away whenever there is something left to give.
          await new Promise<void>((resolve) => process.nextTick(resolve));
        } else await this.#pause((-this.#tokens / rate) * 1000);
      }
    } finally {
      this.#grants = false;
    }
  }

  #grant(rate: number | undefined): void {
    const waiter = this.#waiting.reduce((one, other) => (other.turn < one.turn ? other : one));
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
    const slice =
      rate === undefined ? waiter.bytesMax : Math.min(SLICE_BYTES_MAX, rate * SLICE_SECONDS);
    const bytes = Math.min(waiter.bytesMax, Math.max(1, Math.floor(slice)));
    if (rate !== undefined) this.#tokens -= bytes;
    this.#turn = waiter.turn;
    waiter.share.had = waiter.turn + bytes;
    waiter.resolve(bytes);
  }

  /** Shorter when the limit is changed meanwhile. */
  async #pause(ms: number): Promise<void> {
    const sleeping = new AbortController();
    this.#sleeping = sleeping;
    try {
      await this.#clock.sleep(Math.max(ms, SLEEP_MS_MIN), sleeping.signal);
    } catch (error) {
      if (!sleeping.signal.aborted) throw error;
    }
  }
}

export const createRateLimit = (bytesPerSecond?: number, clock: Clock = CLOCK): RateLimit =>
  shareOf(new Bucket(bytesPerSecond, clock));

function shareOf(bucket: Bucket): RateLimit {
  const share: Share = { had: 0 };
  return {
    set: (bytesPerSecond) => bucket.set(bytesPerSecond),
    take: (bytesMax, signal) => bucket.take(share, bytesMax, signal),
    giveBack: (bytes) => bucket.giveBack(bytes),
    share: () => shareOf(bucket),
  };
}

/** What goes out has to pass both. Whoever waits for its own limit takes nothing from the others. */
export const bothOf = (own: RateLimit, shared: RateLimit): RateLimit => ({
  ...own,
  async take(bytesMax, signal) {
    const allowed = await own.take(bytesMax, signal);
    const bytes = await shared.take(allowed, signal);
    own.giveBack(allowed - bytes);
    return bytes;
  },
});
