/** A few at a time: what asks hosts and reads journals would else keep all others waiting. */

/** Beyond so many nobody waits any more: the store and the hosts say then that it is too much. */
const WAITING_MAX = 1000;

/** Runs at most `max` pieces of work at a time, in the order of the calls; one that fails stops none. */
export function atMost(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max && waiting.length < WAITING_MAX) {
      // Whoever ends leaves its place to the first of these.
      await new Promise<void>((begin) => waiting.push(begin));
    } else running += 1;
    try {
      return await work();
    } finally {
      const begin = waiting.shift();
      if (begin) begin();
      else running -= 1;
    }
  };
}
