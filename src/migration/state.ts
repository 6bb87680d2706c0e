/** What a journal says has happened: one fold over its entries, decided nowhere else. */

import type { Entry, EntryBody, FailureOutcome, Side } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import type { StepShape } from './step.ts';

export interface StepState {
  /** `started` means: may have happened. */
  run: 'none' | 'started' | 'done';
  /** A keepWarm round that was started and has not ended. */
  warming: boolean;
  /** Failures in a row since the last success or a person's `retried`. */
  failures: number;
  failure?: { outcome: FailureOutcome; problem: ProblemRecord; at: number; position: number };
  /** When its run, or its keepWarm, was last done. */
  doneAt?: number;
}

export interface State {
  readonly steps: ReadonlyMap<string, StepState>;
  /** Everything is to be undone; nothing turns this back. */
  rollingBack?: { readonly why: ProblemRecord };
  /** Since when a new approval is needed because a step asked again; its position. */
  askedAgainAt?: { position: number; at: number; problem: ProblemRecord };
  /** Steps behind the approval are being undone; an approval meanwhile is ineffective. */
  rewinding: boolean;
  approval?: { expiresAt: number; at: number };
  settled?: 'source' | 'target';
  closed?: 'migrated' | 'rolled back';
}

type Shapes = readonly StepShape[];

/** Reads a verified journal. Entries that the rules make ineffective change nothing. */
export function stateOf(steps: Shapes, entries: readonly Entry[]): State {
  const state: State = {
    steps: new Map(steps.map(({ name }) => [name, { run: 'none', warming: false, failures: 0 }])),
    rewinding: false,
  };
  for (const entry of entries) apply(state, steps, entry);
  return state;
}

/** True once the target may have been started, unless that is proven not to have happened. */
export function isPastReturn(steps: Shapes, state: State): boolean {
  return steps.some((step) => step.pointOfNoReturn && mayHaveRun(state, step));
}

/** Started counts: in between `started` and `done` means that it may have happened. */
export const mayHaveRun = (state: State, step: StepShape): boolean =>
  stepState(state, step.name).run !== 'none';

/** The newest step of one side that is still to be undone. */
export function newestToUndo(steps: Shapes, state: State, side: Side): StepShape | undefined {
  return steps.findLast((step) => step.on === side && step.undoable && mayHaveRun(state, step));
}

export function stepState(state: State, name: string): StepState {
  const found = state.steps.get(name);
  if (!found) throw new Error(`The journal names the step ${name}, which its list does not have`);
  return found;
}

function apply(state: State, steps: Shapes, entry: Entry): void {
  const { body } = entry;
  switch (body.kind) {
    case 'opened':
      return;
    case 'started':
      applyStarted(stepState(state, body.step), body);
      return;
    case 'done':
      applyDone(stepState(state, body.step), body, entry.at);
      state.rewinding &&= behindApproval(steps).some((step) => mayHaveRun(state, step));
      return;
    case 'failed':
      applyFailed(state, steps, body, { at: entry.at, position: entry.position });
      return;
    case 'approved':
      applyApproved(state, steps, body, entry.at);
      return;
    case 'expired':
      // Also where an approval lapsed before its step began.
      if (!steps.some((step) => step.needs && mayHaveRun(state, step))) {
        rollBack(state, steps, { code: 'approval-expired', facts: {} });
      }
      return;
    case 'cancelled':
      rollBack(state, steps, { code: 'cancelled', facts: { by: body.by } });
      return;
    case 'rollback':
      rollBack(state, steps, { code: 'rollback-asked', facts: { by: body.by } });
      return;
    case 'retried':
      for (const step of state.steps.values()) step.failures = 0;
      return;
    case 'settled':
      state.settled = body.home;
      return;
    case 'closed':
      state.closed = body.outcome;
      return;
  }
}

/**
 * Ineffective once the target may have been started: its data may be newer than the source's.
 * The source's first step is undone even where this journal does not show it: a store that was set
 * back forgets, the source's own worker does not, and only its word makes the VM's home certain.
 */
function rollBack(state: State, steps: Shapes, why: ProblemRecord): void {
  if (state.rollingBack || isPastReturn(steps, state)) return;
  state.rollingBack = { why };
  const first = steps.find((step) => step.on === 'source' && step.undoable);
  if (first && !mayHaveRun(state, first)) stepState(state, first.name).run = 'started';
}

interface Place {
  readonly at: number;
  readonly position: number;
}

type Body<Kind> = Extract<EntryBody, { kind: Kind }>;

function applyStarted(step: StepState, { move }: Body<'started'>): void {
  if (move === 'run') step.run = 'started';
  if (move === 'keepWarm') step.warming = true;
}

function applyDone(step: StepState, { move }: Body<'done'>, at: number): void {
  step.failures = 0;
  if (move === 'undo') {
    step.run = 'none';
    return;
  }
  step.warming = false;
  step.doneAt = at;
  if (move === 'run') step.run = 'done';
}

function applyFailed(state: State, steps: Shapes, body: Body<'failed'>, at: Place): void {
  const step = stepState(state, body.step);
  const { outcome, problem } = body;
  step.failures += 1;
  step.failure = { outcome, problem, ...at };
  if (body.move === 'keepWarm') step.warming = false;
  if (body.move === 'undo') return;
  if (outcome === 'never ran') step.run = 'none';
  if (outcome === 'never ran' || outcome === 'roll back') rollBack(state, steps, problem);
  if (outcome === 'ask again' && !isPastReturn(steps, state)) {
    askAgain(state, steps, { ...at, problem });
  }
}

/** The approval is spent: its step and what came after have to run again, or first be undone. */
function askAgain(state: State, steps: Shapes, asked: NonNullable<State['askedAgainAt']>): void {
  state.askedAgainAt = asked;
  delete state.approval;
  for (const step of behindApproval(steps)) {
    if (!step.undoable) stepState(state, step.name).run = 'none';
  }
  state.rewinding = behindApproval(steps).some((step) => mayHaveRun(state, step));
}

function applyApproved(state: State, steps: Shapes, body: Body<'approved'>, at: number): void {
  if (state.rewinding) return;
  state.approval = { expiresAt: body.expiresAt, at };
  // Whoever approves knows why it asked: that is no failure in a row.
  for (const step of behindApproval(steps)) stepState(state, step.name).failures = 0;
}

/** The step that waits for the approval, and all after it. */
const behindApproval = (steps: Shapes): Shapes =>
  steps.slice(steps.findIndex((step) => step.needs !== undefined));
