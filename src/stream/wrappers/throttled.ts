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

export function createRateLimit(bytesPerSecond?: number): RateLimit {
  let rate = bytesPerSecond;
  let tokens = 0;
  let filledAt = performance.now();
  return {
    set: (next) => {
      rate = next;
    },
    async take(bytes, signal) {
      for (; rate !== undefined; await sleep(SLEEP_MS_MAX, undefined, { signal })) {
        const now = performance.now();
        const filled = tokens + ((now - filledAt) / 1000) * rate;
        tokens = Math.min(filled, rate * BURST_SECONDS);
        filledAt = now;
        if (tokens > 0) break;
        const waitMs = Math.min((-tokens / rate) * 1000, SLEEP_MS_MAX);
        await sleep(waitMs, undefined, { signal });
      }
      // Going into debt lets a frame larger than the bucket pass; the next one waits for it.
      tokens -= bytes;
    },
  };
}
