/** A limit in time for anything that may never settle. */

/** `setTimeout` cannot wait longer; it would fire at once. */
const MILLISECONDS_MAX = 2 ** 31 - 1;

export interface Limit {
  readonly milliseconds: number;
  readonly late: () => Error;
  readonly signal?: AbortSignal | undefined;
}

/** Settles as `work` does, or rejects with `late()` or the signal's reason, whichever is first. */
export function within<T>(work: Promise<T>, { milliseconds, late, signal }: Limit): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      act();
    };
    const abort = () => settle(() => reject(signal?.reason));
    const timer = setTimeout(
      () => settle(() => reject(late())),
      Math.min(milliseconds, MILLISECONDS_MAX),
    );
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    work.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}
