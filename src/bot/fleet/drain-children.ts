/** The migrations of a drain: how each does, begun and approved by what people approved with the drain. */

import type { DrainMove } from '../../domain/drain.ts';
import { type Entry, openedOf } from '../../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../../domain/problem.ts';
import type { ChildState, DrainState } from '../../fleet/drain.ts';
import type { Task } from '../../migration/next-action.ts';
import { outgrown } from '../../migration/outgrown.ts';
import { approvalOf } from '../../migration/steps.ts';
import { approvalEnds } from '../approvals.ts';
import { keptFindings } from '../findings.ts';
import { enrolledHost } from '../looks.ts';
import { freshName, migrationOpened, openOperation } from '../propose.ts';
import { look, request, type Seen } from '../requests.ts';
import type { Wake } from '../wake.ts';
import { freeOfAlignment, type SpokenFor } from './align.ts';
import { requestDrain } from './drain-ledger.ts';
import { besideName, type Draining, NO_VM } from './drain-plan.ts';

export interface ChildrenOf extends Draining {
  readonly wake: Wake;
  readonly spoken: SpokenFor;
}

export interface Child {
  readonly state: ChildState;
  readonly why?: ProblemRecord;
}

/** `planHash`: of the plan that people approved with the drain. */
export async function childOf(from: Draining, operation: string, planHash: string): Promise<Child> {
  try {
    return meant(await look(from, operation), planHash);
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
    if (error.code === 'operation-unknown') return { state: 'not opened' };
    // A journal that cannot be trusted is for people.
    return { state: 'stuck', why: toProblemRecord(error) };
  }
}

function meant(seen: Seen, planHash: string): Child {
  const { next } = seen;
  switch (next.kind) {
    case 'finished': {
      // Its hosts count it until they have tidied up: the next one would be one too many for them.
      if (next.cleanUp && !hasFailed(seen, next.cleanUp)) return { state: 'runs' };
      const why = next.why ? { why: next.why } : {};
      return next.outcome === 'migrated' ? { state: 'moved' } : { state: 'failed', ...why };
    }
    case 'needs a person':
      return { state: 'stuck', why: next.problem };
    case 'await approval':
    case 'await time':
    case 'paused':
    case 'run':
    case 'stays':
    case 'undo':
      return { state: mayApprove(seen, planHash) ? 'asks' : 'runs' };
  }
}

const hasFailed = ({ entries }: Seen, { step, move }: Task): boolean =>
  entries.some(({ body }) => body.kind === 'failed' && body.step === step && body.move === move);

/** Once, and for this plan alone: whatever it asks later is another question. */
function mayApprove(seen: Seen, planHash: string): boolean {
  const { entries, next } = seen;
  const wasApproved = entries.some(({ body }) => body.kind === 'approved');
  const isSame = openedOf(entries).planHash === planHash;
  return next.kind === 'await approval' && !wasApproved && isSame && !outgrown(seen);
}

/** In the name of those who approved the drain. */
export async function approveChild(
  from: ChildrenOf,
  operation: string,
  { planHash, users }: { readonly planHash: string; readonly users: readonly string[] },
): Promise<void> {
  const now = await from.store.now();
  await request(from, { operation, author: 'bot' }, (seen) => {
    if (!mayApprove(seen, planHash)) return undefined;
    const opened = openedOf(seen.entries);
    const expiresAt = approvalEnds(opened, now);
    const approval = approvalOf(opened);
    return { body: { kind: 'approved', approval, planHash, users, expiresAt } };
  });
  await from.wake(operation);
}

/**
 * Names the migration in the drain's journal first: whatever happens then, it is begun once. What
 * stands in its way by now is written there instead.
 */
export async function beginChild(
  from: ChildrenOf,
  drain: string,
  { state, move }: { readonly state: DrainState; readonly move: DrainMove },
): Promise<void> {
  const { id: vmId } = move.plan.vm;
  const known = state.members.get(vmId);
  // Whoever takes the target's moves meanwhile, this one waits for its turn.
  if (known === undefined && !(await hasSlot(from, move.plan.target))) return;
  const member = known ?? (await named(from, drain, vmId));
  if (member === undefined) return;
  try {
    await openChild(from, { drain, member, state, move });
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
    const problem = toProblemRecord(error);
    await requestDrain(from, drain, (seen) =>
      seen.state.left.has(vmId) ? undefined : { body: { kind: 'left', vm: vmId, problem } },
    );
  }
}

/** A host that does not answer is waited for by the move itself. */
async function hasSlot(from: ChildrenOf, target: string): Promise<boolean> {
  try {
    const { host } = await from.inspect(target, NO_VM);
    return host.slotsUsed < host.slotsMax;
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
    return true;
  }
}

/** Undefined where the drain was paused or ended meanwhile. */
async function named(from: ChildrenOf, drain: string, vm: string): Promise<string | undefined> {
  const fresh = await freshName(from);
  const seen = await requestDrain(from, drain, ({ state }) => {
    const isStopped = state.paused || state.cancelledBy !== undefined || state.closedAt;
    if (isStopped || state.members.has(vm)) return undefined;
    return { body: { kind: 'member', vm, member: fresh } };
  });
  return seen.state.members.get(vm);
}

interface Opening {
  readonly drain: string;
  readonly member: string;
  readonly state: DrainState;
  readonly move: DrainMove;
}

async function openChild(from: ChildrenOf, { drain, member, state, move }: Opening): Promise<void> {
  const entries: readonly Entry[] = await from.store.read(member);
  if (entries.length > 0) return;
  const { plan } = move;
  const { requestedBy: user, channel } = state.opened;
  const hosts = await from.hosts();
  const parties = {
    source: enrolledHost(hosts, plan.source),
    target: enrolledHost(hosts, plan.target),
  };
  const body = { ...migrationOpened(from, plan, { user, channel, parties }), parent: drain };
  const findings = await keptFindings(from.records, besideName(drain, plan.vm.id));
  await freeOfAlignment(from, { vmId: plan.vm.id, user }, () =>
    openOperation(from, body, { findings, name: member }),
  );
  await from.wake(member);
}
