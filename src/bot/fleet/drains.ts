/** What people ask of a drain, and how it is shown: the same rules behind buttons and commands. */

import { countingApprovers, needsAdministrator } from '../../domain/approvers.ts';
import { isDrainName } from '../../domain/drain.ts';
import { Problem } from '../../domain/problem.ts';
import { ASKED_SECONDS_MAX, type DrainState, moveState } from '../../fleet/drain.ts';
import type { Approval, Approved } from '../../slack/ports.ts';
import type { DrainRow, DrainView } from '../../slack/views/drain-view.ts';
import { APPROVAL_SECONDS, type Asking, count, keyOf, usersIn } from '../approvals.ts';
import { estimateOf } from '../estimate.ts';
import { keptFindings } from '../findings.ts';
import { unlessAway } from '../recall.ts';
import type { Child, ChildrenOf } from './drain-children.ts';
import { childrenOf } from './drain-keeper.ts';
import { lookDrain, requestDrain } from './drain-ledger.ts';
import { besideName } from './drain-plan.ts';

/** Drains that are over are shown for a while: so many operations are looked back at. */
const LOOKED_BACK_MAX = 100;

export interface Drains {
  /** Open ones, and those among the newest operations that are over. */
  views(): Promise<readonly DrainView[]>;
  view(operation: string): Promise<DrainView | undefined>;
  /** The drain that a word means: its name, or its host's while it is open. */
  named(which: string): Promise<string | undefined>;
  approve(operation: string, approval: Approval): Promise<Approved>;
  cancel(operation: string, user: string): Promise<void>;
  pause(operation: string, user: string): Promise<void>;
  resume(operation: string, user: string): Promise<void>;
}

export function drainsOf(from: ChildrenOf): Drains {
  const over = new Map<string, DrainView>();
  const view = async (operation: string): Promise<DrainView | undefined> => {
    const known = over.get(operation);
    if (known || !isDrainName(operation)) return known;
    if ((await from.store.read(operation)).length === 0) return undefined;
    const found = await viewOf(from, operation);
    if (found.times.closedAt !== undefined) over.set(operation, found);
    return found;
  };
  const open = async (): Promise<readonly string[]> =>
    (await from.store.open()).filter(isDrainName);
  return {
    view,
    async views() {
      const newest = (await from.store.list(LOOKED_BACK_MAX)).filter(isDrainName);
      const all = [...new Set([...(await open()), ...newest])];
      const views = await Promise.all(all.map((one) => view(one).catch(unlessAway)));
      return views.filter((one) => one !== undefined);
    },
    async named(which) {
      const word = which.toLowerCase();
      if (isDrainName(word)) return (await from.store.read(word)).length > 0 ? word : undefined;
      for (const operation of await open()) {
        const seen = await lookDrain(from, operation).catch(unlessAway);
        if (seen?.state.opened.plan.host.toLowerCase() === word) return operation;
      }
      return undefined;
    },
    approve: (operation, approval) => approve(from, operation, approval),
    async cancel(operation, by) {
      await requestDrain(from, operation, ({ state }) => {
        refuseWhenOver(operation, state);
        return state.cancelledBy === undefined ? { body: { kind: 'cancelled', by } } : undefined;
      });
    },
    async pause(operation, by) {
      await requestDrain(from, operation, ({ state }) => {
        refuseWhenOver(operation, state);
        return state.paused ? undefined : { body: { kind: 'paused', by } };
      });
    },
    async resume(operation, by) {
      await requestDrain(from, operation, ({ state }) => {
        refuseWhenOver(operation, state);
        if (!state.paused) throw new Problem('not-paused', { operation });
        return { body: { kind: 'resumed', by } };
      });
    },
  };
}

function refuseWhenOver(operation: string, { outcome }: DrainState): void {
  if (outcome !== undefined) throw new Problem('drain-over', { operation, outcome });
}

const isAsking = (state: DrainState): boolean =>
  !state.approved && !state.expired && state.cancelledBy === undefined && !state.outcome;

/** It is asked once: there is no other asking that an approval could be of. */
const askingOf = (operation: string, { opened }: DrainState): Asking => ({
  ...{ operation, round: 1, planHash: opened.planHash },
});

async function approve(
  from: ChildrenOf,
  operation: string,
  { user, planHash, administrators = [] }: Approval,
): Promise<Approved> {
  const { state } = await lookDrain(from, operation);
  const { opened } = state;
  if (!isAsking(state) || opened.planHash !== planHash) {
    throw new Problem('plan-not-current', { operation });
  }
  if (countingApprovers([user], opened).length === 0) {
    throw new Problem('own-approval', { operation });
  }
  const { approversNeeded: needed, plan } = opened;
  const isSpecial = plan.moves.some((move) => needsAdministrator(move.plan));
  const rule = isSpecial ? { needed, administrators } : { needed };
  const users = await count(from, askingOf(operation, state), { user, rule });
  if (users.length < needed) return { waitingFor: needed - users.length };
  const expiresAt = Math.trunc(await from.store.now()) + APPROVAL_SECONDS * 1000;
  await requestDrain(from, operation, (seen) => {
    if (seen.state.approved?.users.includes(user)) return undefined;
    if (!isAsking(seen.state)) throw new Problem('plan-not-current', { operation });
    return { body: { kind: 'approved', approval: 'drain', planHash, users, expiresAt } };
  });
  return 'approved';
}

async function viewOf(from: ChildrenOf, operation: string): Promise<DrainView> {
  const { state } = await lookDrain(from, operation);
  const { opened, openedAt, closedAt, cancelledBy } = state;
  const { plan, planHash, requestedBy, channel, approversNeeded, twoPersons } = opened;
  const children = await childrenOf(from, state);
  const asking = isAsking(state);
  const counted = asking
    ? usersIn(await from.records.get(keyOf(operation)), askingOf(operation, state), from.identity)
    : (state.approved?.users ?? []);
  return {
    ...{ operation, plan, planHash, requestedBy, channel },
    state: state.outcome ?? (asking ? 'asking' : underWay(state)),
    rows: await rowsOf(from, operation, { state, children }),
    approvals: {
      ...{ users: counted, needed: approversNeeded, twoPersons },
      ...(asking ? { expiresAt: openedAt + ASKED_SECONDS_MAX * 1000 } : {}),
    },
    ...(cancelledBy === undefined ? {} : { cancelledBy }),
    times: { openedAt, ...(closedAt === undefined ? {} : { closedAt }) },
  };
}

function underWay({ paused, cancelledBy, expired }: DrainState): 'moving' | 'paused' | 'stopping' {
  if (cancelledBy !== undefined || expired) return 'stopping';
  return paused ? 'paused' : 'moving';
}

async function rowsOf(
  from: ChildrenOf,
  operation: string,
  { state, children }: { state: DrainState; children: ReadonlyMap<string, Child> },
): Promise<readonly DrainRow[]> {
  const { moves, stays } = state.opened.plan;
  const rows = await Promise.all(
    moves.map(async (move): Promise<DrainRow> => {
      const { vm, target } = move.plan;
      const member = state.members.get(vm.id);
      const child = member === undefined ? undefined : children.get(member);
      const why = state.left.get(vm.id) ?? child?.why;
      const now = moveState(state, move, () => child?.state ?? 'not opened');
      const beside = besideName(operation, vm.id);
      const findings = await keptFindings(from.records, beside);
      const estimate = await estimateOf(from.records, beside, []);
      return {
        ...{ vm, target },
        state: now === 'waits' && state.outcome ? 'not begun' : now,
        ...(member === undefined ? {} : { member }),
        ...(why === undefined ? {} : { why }),
        warnings: findings.filter(({ severity }) => severity !== 'ok'),
        ...(estimate === undefined ? {} : { estimate }),
      };
    }),
  );
  const staying = stays.map(({ vm, why }): DrainRow => ({ vm, why, state: 'stays', warnings: [] }));
  return [...rows, ...staying];
}
