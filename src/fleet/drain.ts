/** What a drain does next, from its journal and from how the moves that it began are doing. */

import {
  type DrainMove,
  type DrainOutcome,
  type DrainPlan,
  isDrainOutcome,
} from '../domain/drain.ts';
import { type Entry, isOfDrain, type OpenedDrain } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';

/** A request for approval that nobody answers ends after this time. */
export const ASKED_SECONDS_MAX = 24 * 3600;

/** `asks`: for the very plan that people approved with the drain. `stuck`: it needs a person. */
export type ChildState = 'not opened' | 'runs' | 'asks' | 'stuck' | 'moved' | 'failed';

export interface DrainState {
  readonly opened: OpenedDrain;
  readonly approved?: { readonly users: readonly string[]; readonly expiresAt: number };
  readonly paused: boolean;
  readonly cancelledBy?: string;
  readonly expired: boolean;
  /** By the Id of the VM: the name of the migration that was begun for it. */
  readonly members: ReadonlyMap<string, string>;
  /** By the Id of the VM: why no migration was begun for it. */
  readonly left: ReadonlyMap<string, ProblemRecord>;
  readonly outcome?: DrainOutcome;
  readonly openedAt: number;
  readonly closedAt?: number;
}

/** What this journal is of. @throws where it is of one VM */
export function drainOf(entries: readonly Entry[]): OpenedDrain {
  const body = entries[0]?.body;
  if (body?.kind === 'opened' && isOfDrain(body)) return body;
  throw new Error('This journal is not of a drain');
}

/** From a verified journal. */
export function drainState(entries: readonly Entry[]): DrainState {
  const members = new Map<string, string>();
  const left = new Map<string, ProblemRecord>();
  let state: DrainState = {
    ...{ opened: drainOf(entries), paused: false, expired: false },
    ...{ members, left, openedAt: entries[0]?.at ?? 0 },
  };
  for (const { body, at } of entries) {
    if (body.kind === 'member') members.set(body.vm, body.member);
    if (body.kind === 'left') left.set(body.vm, body.problem);
    state = after(state, body, at);
  }
  return state;
}

function after(state: DrainState, body: Entry['body'], at: number): DrainState {
  if (body.kind === 'approved') {
    return { ...state, approved: { users: body.users, expiresAt: body.expiresAt } };
  }
  if (body.kind === 'expired') return { ...state, expired: true };
  if (body.kind === 'paused' || body.kind === 'resumed') {
    return { ...state, paused: body.kind === 'paused' };
  }
  if (body.kind === 'cancelled') return { ...state, cancelledBy: body.by };
  const isOver = body.kind === 'closed' && isDrainOutcome(body.outcome);
  return isOver ? { ...state, closedAt: at, outcome: body.outcome } : state;
}

export type DrainNext =
  | { readonly kind: 'asks'; readonly until: number }
  | { readonly kind: 'expires' }
  /** Moves to begin, and migrations to approve; both may be none while others run. */
  | {
      readonly kind: 'moves';
      readonly begin: readonly DrainMove[];
      readonly approve: readonly string[];
    }
  | { readonly kind: 'ends'; readonly outcome: DrainOutcome }
  | { readonly kind: 'over' };

/** `childOf`: how the migration of this name does. `now`: the store's clock, milliseconds since 1970. */
export function nextOfDrain(
  state: DrainState,
  childOf: (operation: string) => ChildState,
  now: number,
): DrainNext {
  const { opened, approved } = state;
  if (state.outcome) return { kind: 'over' };
  if (!approved) {
    if (state.cancelledBy !== undefined || state.expired)
      return { kind: 'ends', outcome: 'cancelled' };
    const until = state.openedAt + ASKED_SECONDS_MAX * 1000;
    return now >= until ? { kind: 'expires' } : { kind: 'asks', until };
  }
  const { plan } = opened;
  const states = plan.moves.map((move) => moveState(state, move, childOf));
  const isStopped =
    state.cancelledBy !== undefined ||
    (plan.stopOnFailure === true && states.some((one) => one === 'failed' || one === 'stuck'));
  // Whoever cancelled it did not approve what has not begun its cutover: people are asked of that.
  const asking = state.cancelledBy === undefined ? plan.moves : [];
  const approve = asking.flatMap(({ plan: { vm } }, index) =>
    states[index] === 'asks' ? (state.members.get(vm.id) ?? []) : [],
  );
  const begin = isStopped ? unopened(plan, states) : beginning(plan, states, state.paused);
  const isBusy = states.some((one) => ['runs', 'asks', 'stuck', 'not opened'].includes(one));
  const waits = !isStopped && states.includes('waits');
  if (isBusy || waits) return { kind: 'moves', begin, approve };
  return { kind: 'ends', outcome: outcomeOf(state) };
}

function outcomeOf({ opened, cancelledBy }: DrainState): DrainOutcome {
  if (cancelledBy !== undefined) return 'cancelled';
  return opened.operation === 'drain' ? 'drained' : 'returned';
}

type MoveState = ChildState | 'waits';

export function moveState(
  { members, left }: Pick<DrainState, 'members' | 'left'>,
  { plan: { vm } }: DrainMove,
  childOf: (operation: string) => ChildState,
): MoveState {
  if (left.has(vm.id)) return 'failed';
  const operation = members.get(vm.id);
  return operation === undefined ? 'waits' : childOf(operation);
}

/** A name was given, and the migration itself is still to be written: that is finished in any case. */
const unopened = ({ moves }: DrainPlan, states: readonly MoveState[]): DrainMove[] =>
  moves.filter((_, index) => states[index] === 'not opened');

function beginning(plan: DrainPlan, states: readonly MoveState[], paused: boolean): DrainMove[] {
  const named = unopened(plan, states);
  if (paused) return named;
  const under = states.filter((one) => one === 'runs' || one === 'asks' || one === 'not opened');
  const open = plan.moves.filter((_, index) =>
    ['waits', 'runs', 'asks', 'not opened'].includes(states[index] ?? ''),
  );
  const group = Math.min(...open.map((move) => move.group));
  const waiting = plan.moves.filter(
    (move, index) => states[index] === 'waits' && move.group === group,
  );
  return [...named, ...waiting.slice(0, Math.max(0, plan.atOnce - under.length))];
}
