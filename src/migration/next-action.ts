/**
 * The whole state machine of an operation: from its list and its journal to what is next.
 * Pure: the same journal gives the same answer on every machine, whoever asks.
 */

import {
  type Approval,
  type Entry,
  type Move,
  type Outcome,
  openedOf,
  type Side,
} from '../domain/journal.ts';
import { isAlignment, isDeletion, isRestore, staysOff } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { cutoverAt, startsAt } from './gate.ts';
import {
  hasCutoverBegun,
  isPastReturn,
  newestToUndo,
  type State,
  type StepState,
  stepState,
} from './how-far.ts';
import { stateOf } from './state.ts';
import type { StepShape } from './step.ts';

/** Something for one side's worker to do. */
export interface Task {
  readonly step: string;
  readonly on: Side;
  readonly move: Move;
  /** Counts attempts, so that each has a job of its own. */
  readonly attempt: number;
  /** Not before this time, milliseconds since 1970, the store's clock. */
  readonly notBefore: number;
}

export type Next =
  | { readonly kind: 'run'; readonly task: Task }
  /** Each side undoes its own newest first; neither waits for the other. */
  | {
      readonly kind: 'undo';
      readonly tasks: readonly Task[];
      readonly why: ProblemRecord;
      readonly towards: 'rolled back' | 'ask again';
    }
  | {
      readonly kind: 'await approval';
      readonly of: Approval;
      /** Why people are asked once more, if they are. */
      readonly why?: ProblemRecord;
      readonly expiresAt: number;
      /** A round that keeps the copy warm. */
      readonly meanwhile?: Task;
    }
  /** It goes on like this until somebody ends it: the next round, with the time when it is due. */
  | { readonly kind: 'stays'; readonly task: Task }
  /** For a time that was asked for, or a window: nothing more is needed then. The task is what comes first. */
  | {
      readonly kind: 'await time';
      readonly of: 'start' | 'cutover';
      readonly until: number;
      readonly task: Task;
    }
  /** Nothing runs, with the VM running, until somebody resumes it; then it goes back. */
  | { readonly kind: 'paused'; readonly by: string; readonly expiresAt: number }
  | {
      readonly kind: 'finished';
      readonly outcome: Outcome;
      readonly why?: ProblemRecord;
      /** What is left to do on the other host; the VM's home is settled without it. */
      readonly cleanUp?: Task;
    }
  | { readonly kind: 'needs a person'; readonly step: string; readonly problem: ProblemRecord };

export interface Rhythm {
  readonly keepWarmSeconds: number;
  readonly approvalSeconds: number;
  /** Failures in a row of one step before a person is asked. */
  readonly failuresMax: number;
  /** Wait after the first failure; doubled with each further one, up to `backoffSecondsMax`. */
  readonly backoffSeconds: number;
  readonly backoffSecondsMax: number;
}

export const RHYTHM: Rhythm = {
  keepWarmSeconds: 600,
  approvalSeconds: 86_400,
  failuresMax: 5,
  backoffSeconds: 2,
  backoffSecondsMax: 60,
};

type Steps = readonly StepShape[];

/** What is next. `now` is the store's clock, milliseconds since 1970. */
export function nextAction(
  steps: Steps,
  entries: readonly Entry[],
  now: number,
  rhythm: Rhythm = RHYTHM,
): Next {
  const state = stateOf(steps, entries);
  if (state.rollingBack) return rollingBack(steps, state, rhythm);
  const rewind = rewinding(steps, state, rhythm);
  if (rewind) return rewind;
  for (const step of steps) {
    const at = stepState(state, step.name);
    if (at.run === 'done' && !step.stays) continue;
    if (state.paused) return pausedBy(state.paused, rhythm);
    if (step.needs && !isApproved(state, at, now)) {
      return awaiting(steps, state, { entries, rhythm });
    }
    const early = waiting(steps, state, { step, entries, rhythm, now });
    if (early) return early;
    if (step.stays) return { kind: 'stays', task: repeated(step, at, { entries, rhythm }) };
    if (!step.afterwards) return running(steps, state, step, rhythm);
    const cleanUp = task(step, at, 'run', rhythm);
    return { kind: 'finished', outcome: purposeOf(entries), cleanUp };
  }
  return { kind: 'finished', outcome: purposeOf(entries) };
}

/** What it was opened for. */
function purposeOf(entries: readonly Entry[]): Outcome {
  const { operation } = openedOf(entries);
  if (operation === 'restore') return 'restored';
  return operation === 'deletion' ? 'deleted' : 'migrated';
}

/** The tasks of a `Next`, whoever they are for. */
export function tasksOf(next: Next): readonly Task[] {
  switch (next.kind) {
    case 'run':
    case 'stays':
    case 'await time':
      return [next.task];
    case 'undo':
      return next.tasks;
    case 'await approval':
      return next.meanwhile ? [next.meanwhile] : [];
    case 'finished':
      return next.cleanUp ? [next.cleanUp] : [];
    case 'paused':
    case 'needs a person':
      return [];
  }
}

/** Where the VM's home is settled, if it is. */
export function homeOf(steps: Steps, entries: readonly Entry[]): Side | undefined {
  const state = stateOf(steps, entries);
  const settles = steps.find((step) => step.settles && stepState(state, step.name).run === 'done');
  if (settles) return settles.settles;
  if (!state.rollingBack) return undefined;
  return newestToUndo(steps, state, 'source') ? undefined : 'source';
}

function running(steps: Steps, state: State, step: StepShape, rhythm: Rhythm): Next {
  const at = stepState(state, step.name);
  const next = task(step, at, 'run', rhythm);
  // What comes after the point of no return stays open: giving up would help nobody.
  const staysOpen = isPastReturn(steps, state) && !step.pointOfNoReturn;
  if (!staysOpen && at.failure && at.failures >= rhythm.failuresMax) {
    return { kind: 'needs a person', step: step.name, problem: at.failure.problem };
  }
  return { kind: 'run', task: next };
}

/** Its rounds stay open on the source's disk, so it must not last for ever. */
function pausedBy({ by, at }: NonNullable<State['paused']>, rhythm: Rhythm): Next {
  return { kind: 'paused', by, expiresAt: at + rhythm.approvalSeconds * 1000 };
}

/** An approval counts when it was in force as its step began, or is in force now. */
function isApproved(state: State, step: StepState, now: number): boolean {
  if (!state.approval) return false;
  return step.run === 'started' || now < state.approval.expiresAt;
}

function awaiting(
  steps: Steps,
  state: State,
  { entries, rhythm }: Pick<Moment, 'entries' | 'rhythm'>,
): Next {
  const index = steps.findIndex(({ needs }) => needs !== undefined);
  const step = steps[index];
  if (!step?.needs) throw new Error('No step of this list waits for an approval');
  const ready = readyAt(steps, state, entries);
  // Nobody could approve while it was paused, so the time to answer begins anew.
  const asked = Math.max(state.askedAgainAt?.at ?? ready, state.resumedAt ?? 0);
  // Who is asked long before has at least as long from then on as anybody else.
  const from = cutoverAt(openedOf(entries).plan, asked);
  return {
    kind: 'await approval',
    of: step.needs,
    ...(state.askedAgainAt ? { why: state.askedAgainAt.problem } : {}),
    expiresAt: from + rhythm.approvalSeconds * 1000,
    ...(step.warms && changes(entries) ? { meanwhile: warming(step, state, ready, rhythm) } : {}),
  };
}

interface Moment {
  readonly entries: readonly Entry[];
  readonly rhythm: Rhythm;
  readonly now: number;
}

/** When everything before the approval was done. */
function readyAt(steps: Steps, state: State, entries: readonly Entry[]): number {
  const index = steps.findIndex(({ needs }) => needs !== undefined);
  return lastDone(steps.slice(0, index), state) || (entries[0]?.at ?? 0);
}

/**
 * Before its first step, or before the one that was approved: never once that may have begun. Rounds
 * go on meanwhile.
 */
function waiting(
  steps: Steps,
  state: State,
  { step, entries, rhythm, now }: Moment & { readonly step: StepShape },
): Next | undefined {
  const at = stepState(state, step.name);
  if (at.run !== 'none' || hasCutoverBegun(steps, state)) return undefined;
  const { plan } = openedOf(entries);
  const of = step === steps[0] ? 'start' : 'cutover';
  const until = step.needs ? cutoverAt(plan, now) : of === 'start' ? startsAt(plan) : undefined;
  if (until === undefined || until <= now) return undefined;
  const next = task(step, at, 'run', rhythm);
  const due = { ...next, notBefore: Math.max(until, next.notBefore) };
  const isWarm = step.warms && changes(entries);
  const warm = isWarm ? warming(step, state, readyAt(steps, state, entries), rhythm) : undefined;
  return { kind: 'await time', of, until, task: warm && warm.notBefore < until ? warm : due };
}

/** What is off does not change while people think. */
function changes(entries: readonly Entry[]): boolean {
  const { plan } = openedOf(entries);
  return isDeletion(plan) || isRestore(plan) || !staysOff(plan);
}

/** Whoever set another limit waits to see what it brings. */
function warming(step: StepShape, state: State, ready: number, rhythm: Rhythm): Task {
  const at = stepState(state, step.name);
  const warmed = at.doneAt ?? ready;
  const warm = task(step, at, 'keepWarm', rhythm);
  const isDue = at.warming || (state.limitedAt ?? 0) > warmed;
  const due = isDue ? warm.notBefore : warmed + rhythm.keepWarmSeconds * 1000;
  return { ...warm, notBefore: Math.max(due, warm.notBefore) };
}

/** Due as long after the beginning of the one before as the plan says; what failed is tried sooner. */
function repeated(
  step: StepShape,
  at: StepState,
  { entries, rhythm }: { entries: readonly Entry[]; rhythm: Rhythm },
): Task {
  const { plan } = openedOf(entries);
  const { everySeconds } = isAlignment(plan) ? plan : { everySeconds: 0 };
  // A host may be away for days: each try is two entries.
  const backoffSecondsMax = Math.max(everySeconds, rhythm.backoffSecondsMax);
  const next = task(step, at, 'run', { ...rhythm, backoffSecondsMax });
  if (at.run !== 'done' || at.startedAt === undefined) return next;
  return { ...next, notBefore: Math.max(next.notBefore, at.startedAt + everySeconds * 1000) };
}

/** When the newest of these steps was done. A keepWarm round does not put off the expiry. */
function lastDone(steps: Steps, state: State): number {
  return Math.max(0, ...steps.map(({ name }) => stepState(state, name).doneAt ?? 0));
}

function rewinding(steps: Steps, state: State, rhythm: Rhythm): Next | undefined {
  if (!state.rewinding || !state.askedAgainAt) return undefined;
  const after = steps.slice(steps.findIndex((step) => step.needs !== undefined));
  const tasks = undoTasks(after, state, rhythm);
  const why = state.askedAgainAt.problem;
  return stuck(after, state, rhythm) ?? { kind: 'undo', tasks, why, towards: 'ask again' };
}

function rollingBack(steps: Steps, state: State, rhythm: Rhythm): Next {
  const why = state.rollingBack?.why ?? { code: 'cancelled', facts: {} };
  const tasks = undoTasks(steps, state, rhythm);
  if (tasks.length === 0) return { kind: 'finished', outcome: 'rolled back', why };
  const [first] = tasks;
  if (first && tasks.every((one) => one.on === 'target')) {
    return { kind: 'finished', outcome: 'rolled back', why, cleanUp: first };
  }
  return stuck(steps, state, rhythm) ?? { kind: 'undo', tasks, why, towards: 'rolled back' };
}

function undoTasks(steps: Steps, state: State, rhythm: Rhythm): Task[] {
  return (['source', 'target'] as const).flatMap((side) => {
    const step = newestToUndo(steps, state, side);
    return step ? [task(step, stepState(state, step.name), 'undo', rhythm)] : [];
  });
}

/** An undo on the source that fails again and again needs a person; the target's may wait. */
function stuck(steps: Steps, state: State, rhythm: Rhythm): Next | undefined {
  const step = newestToUndo(steps, state, 'source');
  if (!step) return undefined;
  const { failures, failure } = stepState(state, step.name);
  if (!failure || failures < rhythm.failuresMax) return undefined;
  return { kind: 'needs a person', step: step.name, problem: failure.problem };
}

function task(step: StepShape, at: StepState, move: Move, rhythm: Rhythm): Task {
  const { failures, failure } = at;
  const wait = Math.min(rhythm.backoffSeconds * 2 ** (failures - 1), rhythm.backoffSecondsMax);
  const notBefore = failure && failures > 0 ? failure.at + wait * 1000 : 0;
  return { step: step.name, on: step.on, move, attempt: failures + 1, notBefore };
}
