/** Virtual time: one event after the other, in an order that depends on the seed alone. */

import { seeded } from './seeded.ts';

export interface Clock {
  /** Milliseconds since the simulation began. */
  now(): number;
  /** Calls `act` after so many milliseconds, after all that was planned for the same time. */
  after(milliseconds: number, act: () => void): void;
  /** Plays events until this time, or until `check` says that it is enough. */
  run(until: number, check: () => boolean): Promise<void>;
  /** A number from 0 up to, not including, `below`: the same for the same seed. */
  random(below: number): number;
}

/** No schedule that ends needs as many. */
const EVENTS_MAX = 60_000;

export function openClock(seed: number): Clock {
  const queue: { at: number; order: number; act: () => void }[] = [];
  const random = seeded(seed);
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    random: (below) => Math.floor(random() * below),
    after(milliseconds, act) {
      order += 1;
      const event = { at: now + Math.max(0, milliseconds), order, act };
      const index = queue.findLastIndex((other) => other.at <= event.at);
      queue.splice(index + 1, 0, event);
    },
    async run(until, check) {
      for (let events = 0; events < EVENTS_MAX; events += 1) {
        const event = queue[0];
        if (!event || event.at > until) {
          now = until;
          return;
        }
        queue.shift();
        now = event.at;
        event.act();
        // All that follows at once from this event happens before the next one.
        await new Promise((resolve) => setImmediate(resolve));
        if (check()) return;
      }
      throw new Error(`More than ${EVENTS_MAX} events by ${now / 1000} s: something spins`);
    },
  };
}
