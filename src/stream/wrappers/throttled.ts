/** A limit on bytes a second that may be changed while it is in use: a token bucket. */

import { setTimeout as sleep } from 'node:timers/promises';

/** What may go out at once after a pause: a quarter of a second's worth. */
const BURST_SECONDS = 0.25;
/** A changed limit is noticed after this long. */
const SLEEP_MS_MAX = 100;

export interface RateLimit {
  /** `undefined`: no limit. */
  set(bytesPerSecond: number | undefined): void;
  /** Resolves when so many bytes may go out. */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
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

/** Shared by as many streams as shall have it together. */
export function createRateLimit(bytesPerSecond?: number, clock: Clock = CLOCK): RateLimit {
  let rate = bytesPerSecond;
  let tokens = 0;
  let filledAt = clock.now();
  const fill = (perSecond: number): void => {
    const now = clock.now();
    const filled = tokens + ((now - filledAt) / 1000) * perSecond;
    tokens = Math.min(filled, perSecond * BURST_SECONDS);
    filledAt = now;
  };
  return {
    set: (next) => {
      if (rate === undefined) [tokens, filledAt] = [0, clock.now()];
      rate = next;
    },
    async take(bytes, signal) {
      while (rate !== undefined) {
        fill(rate);
        if (tokens >= 0) break;
        await clock.sleep(Math.min((-tokens / rate) * 1000, SLEEP_MS_MAX), signal);
      }
      // Going into debt lets a frame larger than the bucket pass; the next one waits for it.
      if (rate !== undefined) tokens -= bytes;
    },
  };
}
