/** What a journal says has happened: one fold over its entries, decided nowhere else. */

import { isDrainOutcome } from '../domain/drain.ts';
import type { Entry, EntryBody } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import {
  behindApproval,
  hasCutoverBegun,
  isPastReturn,
  isReadyToAsk,
  mayHaveRun,
  mayStillObey,
  type State,
  type StepState,
  stepState,
} from './how-far.ts';
import { noteRest } from './rest.ts';
import type { StepShape } from './step.ts';

type Shapes = readonly StepShape[];

/** Reads a verified journal. Entries that the rules make ineffective change nothing. */
export function stateOf(steps: Shapes, entries: readonly Entry[]): State {
  const state: State = {
    steps: new Map(steps.map(({ name }) => [name, { run: 'none', warming: false, failures: 0 }])),
    rewinding: false,
    restedMilliseconds: 0,
  };
  for (const entry of entries) {
    apply(state, steps, entry);
    const rests = state.paused !== undefined || isReadyToAsk(steps, state);
    noteRest(state, { rests, at: entry.at });
  }
  return state;
}

function apply(state: State, steps: Shapes, entry: Entry): void {
  const { body } = entry;
  switch (body.kind) {
    case 'opened':
      return;
    case 'started':
      applyStarted(stepState(state, body.step), body, entry.at);
      return;
    case 'done':
      applyDone(stepState(state, body.step), body, entry.at);
      state.rewinding &&= hasCutoverBegun(steps, state);
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
        const { paused } = state;
        const lapsed = { code: 'approval-expired', facts: {} };
        const why = paused ? { code: 'pause-expired', facts: { by: paused.by } } : lapsed;
        rollBack(state, steps, why);
      }
      return;
    case 'cancelled':
      rollBack(state, steps, { code: 'cancelled', facts: { by: body.by } });
      return;
    case 'rollback':
      rollBack(state, steps, { code: 'rollback-asked', facts: { by: body.by } });
      return;
    case 'paused':
      applyPaused(state, steps, { by: body.by, at: entry.at });
      return;
    case 'resumed':
      if (state.paused) state.resumedAt = entry.at;
      delete state.paused;
      return;
    case 'limited':
      state.bytesPerSecondMax = body.bytesPerSecondMax;
      state.limitedAt = entry.at;
      return;
    case 'replanned':
      // What was approved was another plan.
      delete state.approval;
      return;
    case 'retried':
      for (const step of state.steps.values()) step.failures = 0;
      return;
    case 'settled':
      state.settled = body.home;
      return;
    case 'member':
    case 'left':
      // Of a drain, which acts on no VM itself.
      return;
    case 'closed':
      if (!isDrainOutcome(body.outcome)) state.closed = body.outcome;
      return;
  }
}

/**
 * Ineffective once the target may have been started: its data may be newer than the source's.
 * The source's first step is undone even where this journal does not show it: a store that was set
 * back forgets, the source's own worker does not, and only its word makes the VM's home certain.
 */
function rollBack(state: State, steps: Shapes, why: ProblemRecord): void {
  if (state.rollingBack) return;
  if (isPastReturn(steps, state)) {
    if (!mayStillObey(steps, state)) return;
    state.cancelAsked ??= { why };
    // Where it waits for a person, that is the answer: it looks again, and obeys.
    for (const step of steps) if (step.cancellable) stepState(state, step.name).failures = 0;
    return;
  }
  state.rollingBack = { why };
  const first = steps.find((step) => step.on === 'source' && step.undoable);
  if (first && !mayHaveRun(state, first)) stepState(state, first.name).run = 'started';
}

interface Place {
  readonly at: number;
  readonly position: number;
}

type Body<Kind> = Extract<EntryBody, { kind: Kind }>;

function applyStarted(step: StepState, { move }: Body<'started'>, at: number): void {
  if (move !== 'undo') step.startedAt = at;
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
  if (body.move === 'undo') {
    // What it had undone came about once more.
    if (step.run === 'none') step.run = 'started';
    return;
  }
  if (outcome === 'never ran') step.run = 'none';
  if (outcome === 'never ran' || outcome === 'roll back') {
    rollBack(state, steps, state.cancelAsked?.why ?? problem);
  }
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
  state.rewinding = hasCutoverBegun(steps, state);
}

/**
 * Ineffective once the cutover has begun: the VM must not stay off because somebody paused. It spends
 * an approval that nobody has acted upon yet: people approve a cutover that comes now.
 */
function applyPaused(
  state: State,
  steps: Shapes,
  paused: { readonly by: string; readonly at: number },
): void {
  if (state.paused || state.rollingBack || hasCutoverBegun(steps, state)) return;
  state.paused = paused;
  delete state.approval;
}

/** Ineffective while it is undone, and while it is paused: what changes meanwhile nobody has seen. */
function applyApproved(state: State, steps: Shapes, body: Body<'approved'>, at: number): void {
  if (state.rewinding || state.paused) return;
  state.approval = { expiresAt: body.expiresAt, at };
  // Whoever approves knows why it asked: that is no failure in a row.
  for (const step of behindApproval(steps)) stepState(state, step.name).failures = 0;
}
