/** One at a time, in the order of asking. */

export interface Lock {
  /** Resolves when it is ours; call the answer to give it back. */
  acquire(): Promise<() => void>;
}

/** The queue is bounded by who asks: each connection waits for one turn at most. */
export function lock(): Lock {
  let last: Promise<void> = Promise.resolve();
  return {
    async acquire() {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      return resolve;
    },
  };
}
