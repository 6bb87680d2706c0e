/** Waits for what has no event of its own. */

import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 10;
/** Shorter than a test may take, so that it ends with these words. */
const SECONDS_MAX = 50;

export async function until(
  isTrue: () => Promise<boolean> | boolean,
  secondsMax = SECONDS_MAX,
): Promise<void> {
  const end = Date.now() + secondsMax * 1000;
  while (Date.now() < end) {
    if (await isTrue()) return;
    await pause(PAUSE_MS);
  }
  throw new Error(`Not true after ${secondsMax} s: ${isTrue}`);
}
