/** A disk that fails to read where it is told to: for tests and the lab's faults. */

import type { BlockSource } from './retried.ts';

export const faulty = (source: BlockSource, fails: (offset: number) => boolean): BlockSource => ({
  virtualBytes: source.virtualBytes,
  extents: () => source.extents(),
  async read(offset, into) {
    if (fails(offset)) throw new Error(`Simulated read error at ${offset}`);
    await source.read(offset, into);
  },
});
