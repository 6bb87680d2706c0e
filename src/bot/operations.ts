/** What the chat edge asks for, answered from the journal, the records and the workers. */

import type { Finding } from '../domain/finding.ts';
import { openedOf } from '../domain/journal.ts';
import type { Operations, Proposed } from '../slack/ports.ts';
import type { Records } from '../store/store.ts';
import { acknowledge } from './acknowledge.ts';
import { approve } from './approvals.ts';
import { atMost } from './at-most.ts';
import { type CopyLook, copiesOf, proposeDeletion } from './copies.ts';
import { historyOf } from './history.ts';
import { hostRow } from './host-rows.ts';
import { enrolHost } from './hosts.ts';
import { preview } from './preview.ts';
import { type Proposing, propose } from './propose.ts';
import { readOpenViews, readView, reportFor } from './read-view.ts';
import { operationOf } from './recall.ts';
import {
  cancelling,
  type Decide,
  type Ledger,
  limiting,
  look,
  pausing,
  request,
  resuming,
  retrying,
  rollingBackBy,
} from './requests.ts';
import { proposeAgain } from './retry.ts';
import { shared } from './shared.ts';
import type { Wake } from './wake.ts';

/** Each asks every host. */
const PLANS_AT_ONCE = 4;

export interface OperationsOptions
  extends Ledger,
    Omit<Proposing, 'store' | 'identity' | 'memory'> {
  readonly records: Records;
  /** Hands an operation's next tasks to the workers' queues. */
  readonly wake: Wake;
  readonly doctor: () => Promise<readonly Finding[]>;
  readonly copiesOn: CopyLook['copiesOn'];
  /** The bot's own newest log lines, oldest first. */
  readonly logLines: () => readonly string[];
}

export function operationsOf(options: OperationsOptions): Operations {
  const { store, records, identity, wake } = options;
  const inTurn = atMost(PLANS_AT_ONCE);
  const woken = async (proposed: Proposed): Promise<Proposed> => {
    if ('operation' in proposed) await wake(proposed.operation);
    return proposed;
  };
  const asking =
    (deciding: (by: string, operation: string) => Decide) =>
    async (which: string, user: string): Promise<void> => {
      const operation = await operationOf(options, which);
      await ask(options, operation, deciding(user, operation));
    };
  return {
    propose: (request) => inTurn(async () => await woken(await propose(options, request))),
    preview: (wish) => inTurn(() => preview(options, wish)),
    view: (operation) => readView(options, operation),
    openViews: shared(() => readOpenViews(options)),
    changed: (cursor) => store.changes(cursor),
    approve: (operation, approval) => approve(options, operation, approval),
    cancel: asking(cancelling),
    retry: (which, user) => retry(options, which, user),
    rollback: asking(rollingBackBy),
    pause: asking(pausing),
    resume: asking(resuming),
    limit: async (which, bytesPerSecondMax, user) => {
      const deciding = (by: string, operation: string) =>
        limiting({ by, bytesPerSecondMax }, operation);
      await asking(deciding)(which, user);
    },
    acknowledge: (operation, alert, user) => acknowledge(options, { operation, alert, user }),
    hosts: shared(
      async () => await Promise.all((await options.hosts()).map((host) => hostRow(options, host))),
    ),
    copies: shared(() => copiesOf(options)),
    proposeDeletion: async (request) => await woken(await proposeDeletion(options, request)),
    history: historyOf(options),
    doctor: () => options.doctor(),
    report: (operation) => reportFor(options, operation),
    async enroll(host, code, user) {
      await enrolHost({ records, bot: identity, now: await store.now() }, { host, code, user });
    },
  };
}

async function ask(options: OperationsOptions, operation: string, decide: Decide): Promise<void> {
  await request(options, { operation, author: 'bot' }, decide);
  await options.wake(operation);
}

async function retry(options: OperationsOptions, which: string, user: string): Promise<void> {
  const operation = await operationOf(options, which);
  const seen = await look(options, operation);
  const isRolledBack = seen.next.kind === 'finished' && seen.next.outcome === 'rolled back';
  if (!isRolledBack) return await ask(options, operation, retrying(user, operation));
  const { plan, channel } = openedOf(seen.entries);
  await options.wake(await proposeAgain(options, { operation, plan }, { user, channel }));
}
