/** What the chat edge asks for, answered from the journal, the records and the workers. */

import type { FoundCopy } from '../../jobs/inspect.ts';
import type { Finding } from '../domain/finding.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../domain/problem.ts';
import type { Operations, OperationView, Progress } from '../slack/ports.ts';
import type { Records } from '../store/store.ts';
import { acknowledge } from './acknowledge.ts';
import { keepAlerts, readBook } from './alert-book.ts';
import { approvalsGiven, approve } from './approvals.ts';
import { copiesOf, proposeDeletion } from './copies.ts';
import { estimateOf } from './estimate.ts';
import { historyOf } from './history.ts';
import { hostRow } from './host-rows.ts';
import { enrolHost } from './hosts.ts';
import { preview } from './preview.ts';
import { type Proposing, propose } from './propose.ts';
import { reportOf } from './report.ts';
import {
  cancelling,
  isOperationName,
  type Ledger,
  limiting,
  look,
  meaningOf,
  pausing,
  request,
  resuming,
  retrying,
  rollingBackBy,
  type Seen,
} from './requests.ts';
import { type Beside, viewOf } from './view.ts';

export interface OperationsOptions
  extends Ledger,
    Omit<Proposing, 'store' | 'identity' | 'memory'> {
  readonly records: Records;
  /** Hands an operation's next tasks to the workers' queues. */
  readonly wake: (operation: string) => Promise<void>;
  readonly doctor: () => Promise<readonly Finding[]>;
  /** A worker's own look at the copies on its host. */
  readonly copiesOn: (host: string) => Promise<readonly FoundCopy[]>;
  /** The bot's own newest log lines, oldest first. */
  readonly logLines: () => readonly string[];
}

export function operationsOf(options: OperationsOptions): Operations {
  const { store, records, identity, wake } = options;
  const view = async (operation: string): Promise<OperationView | undefined> => {
    if (!(await isKnown(options, operation))) return undefined;
    const { seen, halt } = await lookOrRecall(options, operation);
    const beside = await besideOf(options, operation, seen);
    const halts = halt ? { ...beside.halts, bot: halt } : beside.halts;
    const estimate = await estimateOf(records, operation, seen.entries);
    const found = viewOf(operation, seen, { ...beside, halts });
    await keepAlerts(records, operation, found.alerts);
    return { ...found, ...(estimate ? { estimate } : {}) };
  };
  const ask = async (operation: string, decide: Parameters<typeof request>[2]): Promise<void> => {
    await request(options, { operation, author: 'bot' }, decide);
    await wake(operation);
  };
  return {
    async propose(wish) {
      const proposed = await propose(options, wish);
      if ('operation' in proposed) await wake(proposed.operation);
      return proposed;
    },
    view,
    async openViews() {
      const seen = await options.remembered();
      // A store that forgot an operation must not keep it out of sight.
      const open = new Set([...(await store.open()), ...seen.map(({ operation }) => operation)]);
      const views = await Promise.all([...open].map((one) => view(one).catch(unlessAway)));
      return views.filter((one) => one !== undefined);
    },
    changed: (cursor) => store.changes(cursor),
    approve: (operation, approval) => approve(options, operation, approval),
    preview: (wish) => preview(options, wish),
    async cancel(which, user) {
      const operation = await operationOf(options, which);
      await ask(operation, cancelling(user, operation));
    },
    async pause(which, user) {
      const operation = await operationOf(options, which);
      await ask(operation, pausing(user, operation));
    },
    async resume(which, user) {
      const operation = await operationOf(options, which);
      await ask(operation, resuming(user, operation));
    },
    async limit(which, bytesPerSecondMax, user) {
      const operation = await operationOf(options, which);
      await ask(operation, limiting({ by: user, bytesPerSecondMax }, operation));
    },
    acknowledge: (operation, alert, user) => acknowledge(options, { operation, alert, user }),
    copies: () => copiesOf(options),
    proposeDeletion: (request) => proposeDeletion(request),
    history: historyOf(options),
    doctor: () => options.doctor(),
    report: async (operation) => {
      const found = await view(operation);
      if (!found) throw new Problem('operation-unknown', { operation });
      const { seen } = await lookOrRecall(options, operation);
      const halts = await haltsOf(records, operation);
      return reportOf({ view: found, entries: seen.entries, halts, logLines: options.logLines() });
    },
    async retry(which, user) {
      const operation = await operationOf(options, which);
      const seen = await look(options, operation);
      const { plan, channel } = openedOf(seen.entries);
      if (seen.next.kind !== 'finished' || seen.next.outcome !== 'rolled back') {
        return await ask(operation, retrying(user, operation));
      }
      // A rolled back migration is over: trying again is a new one with a new plan and approval.
      const { vm, target, volume, bytesPerSecondMax, pauseSecondsMax } = plan;
      const limit = bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax };
      const wish = { vm: vm.name, target, volume, pauseSecondsMax, ...limit, user, channel };
      const proposed = await propose(options, wish);
      if ('refused' in proposed) throw firstProblem(proposed.refused);
      await wake(proposed.operation);
    },
    async rollback(which, user) {
      const operation = await operationOf(options, which);
      await ask(operation, rollingBackBy(user, operation));
    },
    hosts: async () =>
      await Promise.all((await options.hosts()).map((host) => hostRow(options, host))),
    async enroll(host, code, user) {
      await enrolHost({ records, bot: identity, now: await store.now() }, { host, code, user });
    },
  };
}

/** `which` as a person types it: an operation's name, or the name of the VM of an open one. */
async function operationOf(options: OperationsOptions, which: string): Promise<string> {
  if (await isKnown(options, which)) return which;
  return await byVm(options, which).catch((error: unknown) => {
    // What looks like an operation and is no VM either was meant as one.
    if (!isOperationName(which)) throw error;
    throw new Problem('operation-unknown', { operation: which });
  });
}

async function isKnown(options: OperationsOptions, operation: string): Promise<boolean> {
  if (!isOperationName(operation)) return false;
  if ((await options.memory.seen(operation)).length > 0) return true;
  return (await options.store.read(operation)).length > 0;
}

/** One journal that cannot be trusted hides itself alone; its workers report it. */
function unlessAway(error: unknown): undefined {
  if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
}

/** A store that lost entries must not silence the bot: it shows what it saw, and says so. */
async function lookOrRecall(
  options: OperationsOptions,
  operation: string,
): Promise<{ seen: Seen; halt?: ProblemRecord }> {
  try {
    return { seen: await look(options, operation) };
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
    const entries = await options.memory.seen(operation);
    if (entries.length === 0) throw error;
    const seen = meaningOf(entries, await options.journal.now());
    return { seen, halt: toProblemRecord(error) };
  }
}

/** The one open operation of the VM with this name. */
async function byVm(options: OperationsOptions, vm: string): Promise<string> {
  for (const operation of await options.store.open()) {
    const recalled = await lookOrRecall(options, operation).catch(unlessAway);
    if (!recalled) continue;
    const { entries, state } = recalled.seen;
    const { name } = openedOf(entries).plan.vm;
    if (name.toLowerCase() === vm.toLowerCase() && !state.settled) return operation;
  }
  throw new Problem('nothing-to-cancel', { vm });
}

async function besideOf(
  { records, identity }: Pick<OperationsOptions, 'records' | 'identity'>,
  operation: string,
  seen: Seen,
): Promise<Beside> {
  const [findings, progress, approvals, halts, book] = await Promise.all([
    records.get(`findings/${operation}`),
    records.get(`progress/${operation}`),
    approvalsGiven({ records, identity }, operation, seen),
    haltsOf(records, operation),
    readBook(records, operation),
  ]);
  return {
    findings: (findings as readonly Finding[] | undefined) ?? [],
    ...(progress ? { progress: progress as Progress } : {}),
    approvals,
    halts,
    book,
  };
}

/** Why workers stopped acting on this operation, by host. */
async function haltsOf(
  records: Records,
  operation: string,
): Promise<Record<string, ProblemRecord>> {
  const prefix = `halts/${operation}/`;
  const halts: Record<string, ProblemRecord> = {};
  for (const key of await records.keys(prefix)) {
    const halt = await records.get(key);
    if (halt !== undefined) halts[key.slice(prefix.length)] = halt as ProblemRecord;
  }
  return halts;
}

function firstProblem(
  refused: Exclude<Awaited<ReturnType<typeof propose>>, { operation: string }>['refused'],
): Problem {
  const first = 'code' in refused ? refused : refused[0];
  return new Problem(first?.code ?? 'bug', first?.facts ?? { message: 'no finding' });
}
