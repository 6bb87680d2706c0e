/** Waits for what has no event of its own. */

import { setTimeout as delay } from 'node:timers/promises';

const TRIES_MAX = 400;
const PAUSE_MS = 10;

export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (await condition()) return;
    await delay(PAUSE_MS);
  }
  throw new Error(`Not true after ${TRIES_MAX} tries: ${condition}`);
}
