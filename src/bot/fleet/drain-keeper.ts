/**
 * Drains carried on: their VMs begin in order, are approved, and what is over is closed.
 * Level-triggered: it looks at the journals, and a restart or a lost event costs nothing.
 */

import { drainClaim, isDrainName } from '../../domain/drain.ts';
import { Problem, toProblemRecord } from '../../domain/problem.ts';
import { type DrainState, nextOfDrain } from '../../fleet/drain.ts';
import type { Logger } from '../../log.ts';
import { sleep } from '../../slack/sleep.ts';
import {
  approveChild,
  beginChild,
  type Child,
  type ChildrenOf,
  childOf,
} from './drain-children.ts';
import { lookDrain, requestDrain } from './drain-ledger.ts';
import { maintenances } from './maintenance.ts';

const LOOK_SECONDS = 1;

export interface DrainKeeping extends ChildrenOf {
  readonly log: Pick<Logger, 'warn'>;
}

/** Until `stopping`. */
export async function keepDrains(from: DrainKeeping, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await tendDrains(from);
    } catch (error) {
      from.log.warn({ error: String(error) }, 'drains not looked at; it comes again');
    }
    await sleep(LOOK_SECONDS * 1000, stopping);
  }
}

/** One look. @throws {Problem} only when the store is away: one drain's trouble is not the others'. */
export async function tendDrains(from: DrainKeeping): Promise<void> {
  for (const operation of (await from.store.open()).filter(isDrainName)) {
    try {
      await tend(from, operation);
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
      from.log.warn({ operation, problem: toProblemRecord(error) }, 'drain not carried on');
    }
  }
}

async function tend(from: DrainKeeping, operation: string): Promise<void> {
  const { state } = await lookDrain(from, operation);
  const children = await childrenOf(from, state);
  const now = await from.store.now();
  const stateOf = (member: string) => children.get(member)?.state ?? 'not opened';
  const next = nextOfDrain(state, stateOf, now);
  if (state.approved && state.cancelledBy === undefined)
    await keepMaintenance(from, operation, state);
  switch (next.kind) {
    case 'expires':
      await requestDrain(from, operation, (seen) =>
        seen.state.approved || seen.state.expired
          ? undefined
          : { body: { kind: 'expired', approval: 'drain' } },
      );
      return;
    case 'moves': {
      const users = state.approved?.users ?? [];
      const hashes = new Map(
        state.opened.plan.moves.map((move) => [state.members.get(move.plan.vm.id), move.planHash]),
      );
      for (const member of next.approve) {
        await approveChild(from, member, { users, planHash: hashes.get(member) ?? '' });
      }
      await Promise.all(next.begin.map((move) => beginChild(from, operation, { state, move })));
      return;
    }
    case 'ends': {
      const { outcome } = next;
      await endMaintenance(from, state, stateOf);
      await requestDrain(from, operation, (seen) =>
        seen.state.closedAt === undefined
          ? {
              body: { kind: 'closed', outcome },
              claims: { release: [drainClaim(state.opened.plan.host)] },
            }
          : undefined,
      );
      return;
    }
    case 'asks':
    case 'over':
  }
}

/** By the name of the migration, those that have one. */
export async function childrenOf(
  from: ChildrenOf,
  { members, opened }: Pick<DrainState, 'members' | 'opened'>,
): Promise<ReadonlyMap<string, Child>> {
  const children = new Map<string, Child>();
  for (const { plan, planHash } of opened.plan.moves) {
    const member = members.get(plan.vm.id);
    if (member !== undefined) children.set(member, await childOf(from, member, planHash));
  }
  return children;
}

/** From its approval on nothing is planned onto the host, until its VMs return. */
async function keepMaintenance(
  from: DrainKeeping,
  operation: string,
  { opened: { plan } }: DrainState,
): Promise<void> {
  if (plan.method === 'return') return;
  const records = maintenances(from);
  const before = await records.of(plan.host);
  if (before?.on && before.drains.includes(operation)) return;
  const drains = [...(before?.drains ?? []).filter((one) => one !== operation), operation];
  await records.put(plan.host, { on: true, drains });
}

/** What a drain moved is remembered until a return has brought all of it back. */
async function endMaintenance(
  from: DrainKeeping,
  { opened: { plan }, approved, cancelledBy, members }: DrainState,
  stateOf: (member: string) => Child['state'],
): Promise<void> {
  const records = maintenances(from);
  const found = await records.of(plan.host);
  if (!approved || !found) return;
  if (plan.method === 'drain') {
    if (cancelledBy !== undefined) await records.put(plan.host, { ...found, on: false });
    return;
  }
  const isBack = (vmId: string): boolean => {
    const member = members.get(vmId);
    return member !== undefined && stateOf(member) === 'moved';
  };
  const isWhole = plan.stays.length === 0 && plan.moves.every((move) => isBack(move.plan.vm.id));
  if (isWhole) await records.remove(plan.host);
  else if (cancelledBy === undefined) await records.put(plan.host, { ...found, on: false });
}
