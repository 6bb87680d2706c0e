/** What the chat edge asks for, answered from the journal, the records and the workers. */

import { isDrainName } from '../domain/drain.ts';
import type { Finding } from '../domain/finding.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem, type ProblemRecord } from '../domain/problem.ts';
import type { Operations, PlannedAnew, Proposed, ProposeRequest } from '../slack/ports.ts';
import type { Records } from '../store/store.ts';
import type { Language } from '../texts/words.ts';
import { acknowledge } from './acknowledge.ts';
import { approve } from './approvals.ts';
import { atMost } from './at-most.ts';
import { type CopyLook, copiesOf, proposeDeletion } from './copies.ts';
import { align, freeOfAlignment, type SpokenFor, stopAligning } from './fleet/align.ts';
import { standingOrders } from './fleet/alignments.ts';
import { type Draining, proposeDrain, proposeReturn } from './fleet/drain-plan.ts';
import { drainsOf } from './fleet/drains.ts';
import { proposeRestore } from './fleet/restore.ts';
import { whatIf } from './fleet/what-if.ts';
import { setWindow, windowOf } from './fleet/windows.ts';
import { historyOf } from './history.ts';
import { hostRow } from './host-rows.ts';
import { enrolHost } from './hosts.ts';
import { enrolledHost } from './looks.ts';
import { prepare } from './prepare.ts';
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
import { mayUnenroll, unenrolHost } from './unenroll.ts';
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
  /** VMs that somebody is about to take. */
  readonly spoken: SpokenFor;
  readonly standing: Draining['standing'];
  /** Orders that the bot did not write. */
  readonly onForged: (problem: ProblemRecord) => void;
  /** The bot's own newest log lines, oldest first. */
  readonly logLines: () => readonly string[];
  /** Of reports; English without it. */
  readonly language?: Language | undefined;
}

export function operationsOf(options: OperationsOptions): Operations {
  const { store, records, identity, wake } = options;
  const inTurn = atMost(PLANS_AT_ONCE);
  const history = historyOf(options);
  const openViews = shared(() => readOpenViews(options));
  const unenrolling = { records, hosts: options.hosts, openViews };
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
  const drains = drainsOf(options);
  /** A host is named only for its drain. */
  const orDrain =
    (ofDrain: Act, ofOne: Act): Act =>
    async (which, user) => {
      const drain = await drains.named(which);
      await (drain === undefined ? ofOne(which, user) : ofDrain(drain, user));
    };
  return {
    propose: (request) => inTurn(async () => await woken(await proposeFreed(options, request))),
    preview: (wish) => inTurn(() => preview(options, wish)),
    view: (operation) => readView(options, operation),
    openViews,
    changed: (cursor) => store.changes(cursor),
    approve: (operation, approval) =>
      isDrainName(operation)
        ? drains.approve(operation, approval)
        : approve(options, operation, approval),
    cancel: orDrain(drains.cancel, asking(cancelling)),
    retry: (which, user) => retry({ ...options, history }, which, user),
    rollback: asking(rollingBackBy),
    pause: orDrain(drains.pause, asking(pausing)),
    resume: orDrain(drains.resume, asking(resuming)),
    limit: async (which, bytesPerSecondMax, user) => {
      const deciding = (by: string, operation: string) =>
        limiting({ by, bytesPerSecondMax }, operation);
      await asking(deciding)(which, user);
    },
    acknowledge: (operation, alert, user) => acknowledge(options, { operation, alert, user }),
    hosts: shared(
      async () => await Promise.all((await options.hosts()).map((host) => hostRow(options, host))),
    ),
    align: (request) => inTurn(() => align(options, request)),
    stopAligning: (vm, user) => stopAligning(options, vm, user),
    alignments: shared(() => standingOrders(options)),
    drain: (request) => inTurn(() => proposeDrain(options, request)),
    bringBack: (request) => inTurn(() => proposeReturn(options, request)),
    drains: shared(drains.views),
    async setWindow({ host, hours }) {
      await setWindow(options, enrolledHost(await options.hosts(), host).name, hours);
    },
    async windows() {
      const found = (await options.hosts()).map(({ name }) => windowOf(options)(name));
      return (await Promise.all(found)).filter((one) => one !== undefined);
    },
    copies: shared(() => copiesOf(options)),
    whatIf: (host) => whatIf({ ...options, orders: () => standingOrders(options) }, host),
    proposeRestore: async (request) => await woken(await proposeRestore(options, request)),
    proposeDeletion: async (request) => await woken(await proposeDeletion(options, request)),
    history,
    doctor: () => options.doctor(),
    report: (operation) => reportFor(options, operation),
    mayUnenroll: (host) => mayUnenroll(unenrolling, host),
    unenroll: (host) => unenrolHost(unenrolling, host),
    async enroll(host, code, user) {
      await enrolHost({ records, bot: identity, now: await store.now() }, { host, code, user });
    },
  };
}

type Act = (which: string, user: string) => Promise<void>;

/** What keeps the VM aligned ends only for a move that nothing stands in the way of. */
async function proposeFreed(
  options: OperationsOptions,
  request: ProposeRequest,
): Promise<Proposed> {
  const orders = await standingOrders(options);
  const order = orders.find(({ vm }) => vm.name.toLowerCase() === request.vm.toLowerCase());
  if (!order) return await propose(options, request);
  const { claimed, plan, findings } = await prepare(options, request);
  if (claimed) throw new Problem(claimed.code, claimed.facts);
  if (!plan) return { refused: findings };
  const { user } = request;
  return await freeOfAlignment(options, { vmId: order.vm.id, user }, () =>
    propose(options, request),
  );
}

async function ask(options: OperationsOptions, operation: string, decide: Decide): Promise<void> {
  await request(options, { operation, author: 'bot' }, decide);
  await options.wake(operation);
}

interface Retrying extends OperationsOptions {
  readonly history: Operations['history'];
}

async function retry(
  options: Retrying,
  which: string,
  user: string,
): Promise<PlannedAnew | undefined> {
  const operation = await operationOf(options, which).catch((error: unknown) =>
    lastOf(options, which, error),
  );
  const seen = await look(options, operation);
  const isRolledBack = seen.next.kind === 'finished' && seen.next.outcome === 'rolled back';
  if (!isRolledBack) {
    await ask(options, operation, retrying(user, operation));
    return undefined;
  }
  const { plan, channel } = openedOf(seen.entries);
  const anew = await proposeAgain(options, { operation, plan }, { user, channel });
  await options.wake(anew);
  return { operation: anew, channel };
}

/** The newest migration of the VM with this name. @throws `none` where there never was one */
async function lastOf({ history }: Retrying, vm: string, none: unknown): Promise<string> {
  if (!(none instanceof Problem) || none.code === 'store-unreachable') throw none;
  const last = (await history(vm)).find(({ kind }) => kind === 'migration');
  if (!last) throw none;
  return last.operation;
}
