/** Time that passes only when everybody waits for it. */

import type { Clock } from '../../src/stream/wrappers/throttled.ts';

export interface VirtualClock extends Clock {
  /** Milliseconds since it was made, until this time: everything that is due by then happens. */
  runUntil(ms: number): Promise<void>;
}

export function virtualClock(): VirtualClock {
  let now = 0;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.push(sleeper);
        const stop = (): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', stop, { once: true });
      });
    },
    async runUntil(ms) {
      for (;;) {
        // All that follows at once from the one before happens first.
        await new Promise((resolve) => setImmediate(resolve));
        const next = sleepers.toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > ms) break;
        sleepers = sleepers.filter((other) => other !== next);
        now = next.at;
        next.wake();
      }
      now = ms;
    },
  };
}
