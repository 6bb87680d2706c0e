/** Alerts that somebody has heard. */

import { hear } from './alert-book.ts';
import type { Proposing } from './propose.ts';

/** @throws Problem `alert-unknown`, `alert-heard-already` {by} */
export async function acknowledge(
  { records, store }: Pick<Proposing, 'records' | 'store'>,
  { operation, alert, user }: { operation: string; alert: string; user: string },
): Promise<void> {
  const at = Math.trunc(await store.now());
  await hear(records, { operation, key: alert }, { by: user, at });
}
