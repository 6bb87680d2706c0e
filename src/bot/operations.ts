/** What the chat edge asks for, answered from the journal, the records and the workers. */

import { z } from 'zod';
import type { Finding } from '../domain/finding.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../domain/problem.ts';
import type { Operations, OperationView, Progress } from '../slack/ports.ts';
import type { Records } from '../store/store.ts';
import { enrolHost, type KnownHost, SILENT_SECONDS } from './hosts.ts';
import { type Inspected, type Proposing, propose } from './propose.ts';
import {
  cancelling,
  isOperationName,
  type Ledger,
  look,
  meaningOf,
  request,
  retrying,
  rollingBackBy,
  type Seen,
} from './requests.ts';
import { type Beside, viewOf } from './view.ts';

/** An approval is acted upon within this time, or asked for anew. */
const APPROVAL_SECONDS = 3600;
const HOSTS_VM = '';
const approvalsSchema = z.object({ users: z.array(z.string()), round: z.number() });

export interface OperationsOptions
  extends Ledger,
    Omit<Proposing, 'store' | 'identity' | 'memory'> {
  readonly records: Records;
  /** Hands an operation's next tasks to the workers' queues. */
  readonly wake: (operation: string) => Promise<void>;
}

export function operationsOf(options: OperationsOptions): Operations {
  const { store, records, identity, wake } = options;
  const view = async (operation: string): Promise<OperationView | undefined> => {
    if (!(await isKnown(options, operation))) return undefined;
    const { seen, halt } = await lookOrRecall(options, operation);
    const beside = await besideOf(records, operation, askedAt(seen));
    const halts = halt ? { ...beside.halts, bot: halt } : beside.halts;
    return viewOf(operation, seen, { ...beside, halts });
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
    async cancel(which, user) {
      const operation = 'operation' in which ? which.operation : await byVm(options, which.vm);
      await ask(operation, cancelling(user, operation));
    },
    async retry(operation, user) {
      const seen = await look(options, operation);
      const { plan, channel } = openedOf(seen.entries);
      if (seen.next.kind !== 'finished' || seen.next.outcome !== 'rolled back') {
        return await ask(operation, retrying(user, operation));
      }
      // A rolled back migration is over: trying again is a new one with a new plan and approval.
      const wish = { vm: plan.vm.name, target: plan.target, user, channel };
      const proposed = await propose(options, wish);
      if ('refused' in proposed) throw firstProblem(proposed.refused);
      await wake(proposed.operation);
    },
    rollback: (operation, user) => ask(operation, rollingBackBy(user, operation)),
    hosts: async () =>
      await Promise.all((await options.hosts()).map((host) => rowOf(options, host))),
    async enroll(host, code, user) {
      await enrolHost({ records, bot: identity, now: await store.now() }, { host, code, user });
    },
  };
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

async function besideOf(records: Records, operation: string, round: number): Promise<Beside> {
  const [findings, progress, approvals, halts] = await Promise.all([
    records.get(`findings/${operation}`),
    records.get(`progress/${operation}`),
    records.get(`approvals/${operation}`),
    haltsOf(records, operation),
  ]);
  const given = approvalsSchema.safeParse(approvals);
  return {
    findings: (findings as readonly Finding[] | undefined) ?? [],
    ...(progress ? { progress: progress as Progress } : {}),
    approvals: given.success && given.data.round === round ? given.data.users : [],
    halts,
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

/** Persons are counted in a record; the one that completes the number is the journal's entry. */
async function approve(
  options: OperationsOptions,
  operation: string,
  { user, planHash }: { user: string; planHash: string },
): Promise<'approved' | { waitingFor: number }> {
  const seen = await look(options, operation);
  const opened = openedOf(seen.entries);
  const current = seen.next.kind === 'await approval' && opened.planHash === planHash;
  if (!current) throw new Problem('plan-not-current', { operation });
  const { approversNeeded: needed } = opened;
  const round = askedAt(seen);
  const users = await countApproval(options.records, { operation, user, round, needed });
  const missing = needed - users.length;
  if (missing > 0) return { waitingFor: missing };
  const expiresAt = Math.trunc(await options.store.now()) + APPROVAL_SECONDS * 1000;
  await request(options, { operation, author: 'bot' }, (now) => {
    const asksStill = now.next.kind === 'await approval' && askedAt(now) === round;
    if (!asksStill) throw new Problem('plan-not-current', { operation });
    return { body: { kind: 'approved', approval: 'cutover', planHash, users, expiresAt } };
  });
  await options.wake(operation);
  return 'approved';
}

/**
 * Names the asking by the entry that began it: approvals of an earlier one do not count for a later
 * one. An approval that lapsed before it was acted upon is spent too.
 */
function askedAt({ entries, state }: Seen): number {
  const approved = entries.findLast(({ body }) => body.kind === 'approved');
  return Math.max(approved?.position ?? 0, state.askedAgainAt?.position ?? 0);
}

const TRIES_MAX = 20;

async function countApproval(
  records: Records,
  vote: { operation: string; user: string; round: number; needed: number },
): Promise<string[]> {
  const { operation, user, round, needed } = vote;
  const key = `approvals/${operation}`;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const stored = await records.get(key);
    const given = approvalsSchema.safeParse(stored);
    const before = given.success && given.data.round === round ? given.data.users : [];
    // Enough were counted, but a crash came before the entry: this click writes it.
    if (before.length >= needed) return before;
    if (before.includes(user)) throw new Problem('already-approved', { operation, user });
    const users = [...before, user];
    if (await records.compareAndSet(key, stored, { users, round })) return users;
  }
  throw new Problem('journal-busy', { operation, tries: TRIES_MAX });
}

async function rowOf(options: OperationsOptions, host: KnownHost) {
  const { name, party, seenAt } = host;
  const seen = seenAt === undefined ? {} : { seenAt };
  if (!party) return { name, state: 'not enrolled', ...seen, vms: [] } as const;
  const now = await options.store.now();
  const away = { name, state: 'away', ...seen, vms: [] } as const;
  if (seenAt === undefined || now - seenAt > SILENT_SECONDS * 1000) return away;
  const look: Inspected | undefined = await options
    .inspect(name, HOSTS_VM)
    .catch((error: unknown) => {
      if (error instanceof Problem) return undefined;
      throw error;
    });
  if (!look) return away;
  const vms = look.host.vms.map((vm) => ({ name: vm.name, state: vm.state }));
  return { name, state: 'ready', ...seen, vms } as const;
}

function firstProblem(
  refused: Exclude<Awaited<ReturnType<typeof propose>>, { operation: string }>['refused'],
): Problem {
  const first = 'code' in refused ? refused : refused[0];
  return new Problem(first?.code ?? 'bug', first?.facts ?? { message: 'no finding' });
}
