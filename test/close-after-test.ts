/** Closes what a test opened, however the test ends. */

import { afterEach } from '@jest/globals';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** At the end of the test; what was opened last is closed first. */
export const closeAfterTest = (close: () => unknown): void => void closers.push(close);
