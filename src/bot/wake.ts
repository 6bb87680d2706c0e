/** Hands an operation's next moves to the hosts' queues. Workers find them by themselves as well. */

import type { Queues } from '../../jobs/queues.ts';
import { enqueueNext } from '../../jobs/step.ts';
import { openedOf } from '../domain/journal.ts';
import type { Logger } from '../log.ts';
import { isOutage } from '../migration/advance.ts';
import { type Ledger, look } from './requests.ts';

export type Wake = (operation: string) => Promise<void>;

export function wakingOf(from: {
  readonly ledger: Ledger;
  readonly queues: Queues;
  readonly log: Logger;
}): Wake {
  const { ledger, queues, log } = from;
  return async (operation) => {
    try {
      const { entries, next } = await look(ledger, operation);
      const { source, target } = openedOf(entries).plan;
      const now = await ledger.journal.now();
      const hosts = { source, target };
      await enqueueNext(next, { queues, operation, hosts, position: entries.length, now });
    } catch (error) {
      // What was asked is in the journal; whoever asked must not hear that it failed.
      if (!isOutage(error)) throw error;
      log.warn({ operation, error: String(error) }, 'workers not woken; they look by themselves');
    }
  };
}
