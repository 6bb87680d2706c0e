/** A pause that can be cut short. */

import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after this time, or as soon as `signal` is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
