/** The bot's own entries: expiry, settled homes, the end; and another plan where one is needed. */

import { isDrainName } from '../domain/drain.ts';
import { Problem } from '../domain/problem.ts';
import type { Logger } from '../log.ts';
import { dutyOf } from '../migration/duties.ts';
import { sleep } from '../slack/sleep.ts';
import type { Replanner } from './replan.ts';
import { type Ledger, look, request } from './requests.ts';
import type { Wake } from './wake.ts';

const LOOK_SECONDS = 1;
const LOOKS_BETWEEN_SWEEPS = 60;
/** An operation ends with two entries of the bot's; more in a row would be a fault of ours. */
const DUTIES_MAX = 5;

export interface Duties {
  readonly ledger: Ledger;
  readonly replanning: Replanner;
  readonly wake: Wake;
  readonly log: Logger;
}

/** Until `stopping`: looks at what has changed, and now and then at everything that is open. */
export async function keepDuties(duties: Duties, stopping: AbortSignal): Promise<void> {
  const { store } = duties.ledger;
  let cursor = 0;
  let looks = 0;
  while (!stopping.aborted) {
    try {
      const changes = await store.changes(cursor);
      const open = looks % LOOKS_BETWEEN_SWEEPS === 0 ? await store.open() : [];
      // At the first look everything has changed; what is closed needs nothing any more.
      const changed = looks === 0 ? [] : changes.operations;
      const all = [...new Set([...changed, ...open])];
      // Drains have a keeper of their own.
      for (const operation of all.filter((one) => !isDrainName(one))) {
        await fulfil(duties, operation);
      }
      cursor = changes.cursor;
      looks += 1;
    } catch (error) {
      duties.log.warn({ error: String(error) }, 'duties broken off; they come again');
    }
    await sleep(LOOK_SECONDS * 1000, stopping);
  }
}

/** @throws {Problem} only when the store is away: one operation's trouble is not the others'. */
export async function fulfil(
  { ledger, replanning, wake, log }: Duties,
  operation: string,
): Promise<void> {
  try {
    for (let done = 0; done < DUTIES_MAX; done += 1) {
      const now = await ledger.journal.now();
      const looked = await look(ledger, operation);
      if (!dutyOf(looked.entries, now)) {
        replanning.consider(operation, looked);
        return;
      }
      await request(ledger, { operation, author: 'bot' }, (seen) => dutyOf(seen.entries, now));
      await wake(operation);
    }
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-unreachable') throw error;
    // A journal that cannot be trusted is for its workers to report; the others go on.
    log.warn({ operation, error: String(error) }, 'duty not done');
  }
}
