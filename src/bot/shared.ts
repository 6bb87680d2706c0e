/** One look for all who ask at the same time: each reads every open journal, and many would queue. */

/**
 * Whoever asks gets a look that was begun after the question. So however many ask, at most one look
 * runs and one waits for its end; both are shared, and so is what they throw.
 */
export function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    const begun = look();
    // What it throws is told to those who asked.
    running = begun.catch(() => undefined);
    return begun;
  };
  return () => {
    next ??= running.then(begin);
    return next;
  };
}
