/** Work that must not overlap within this process. */

/** Runs one piece of work after the other, in the order of the calls; one that fails stops none. */
export function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}
