/** How far an operation is: its state, as the journal tells it, and what follows from it. */

import type { FailureOutcome, Outcome, Side } from '../domain/journal.ts';
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
  /** When its run, or its keepWarm, was last begun, and last done. */
  startedAt?: number;
  doneAt?: number;
}

export interface State {
  readonly steps: ReadonlyMap<string, StepState>;
  /** Everything is to be undone; nothing turns this back. */
  rollingBack?: { readonly why: ProblemRecord };
  /** Somebody wants it back while a step runs that may still obey; what comes of it, the step says. */
  cancelAsked?: { readonly why: ProblemRecord };
  /** Since when a new approval is needed because a step asked again; its position. */
  askedAgainAt?: { position: number; at: number; problem: ProblemRecord };
  /** Steps behind the approval are being undone; an approval meanwhile is ineffective. */
  rewinding: boolean;
  approval?: { expiresAt: number; at: number };
  /** Nothing new begins before somebody resumes it. Never set once the cutover has begun. */
  paused?: { by: string; at: number };
  resumedAt?: number;
  /** The newest limit that somebody asked for, bytes a second; 0 for none. */
  bytesPerSecondMax?: number;
  limitedAt?: number;
  /** For how long, in milliseconds, it waited: paused, or asking until the cutover began. */
  restedMilliseconds: number;
  /** Since when it rests now. */
  restsSince?: number;
  settled?: 'source' | 'target';
  closed?: Outcome;
}

type Shapes = readonly StepShape[];

/** A step behind the approval may have happened: from here on nothing may hold the VM up. */
export const hasCutoverBegun = (steps: Shapes, state: State): boolean =>
  behindApproval(steps).some((step) => mayHaveRun(state, step));

/** All is done up to the approval, and nothing behind it has begun: now a plan may be replaced. */
export function isReadyToAsk(steps: Shapes, state: State): boolean {
  if (state.rollingBack || hasCutoverBegun(steps, state)) return false;
  const before = steps.slice(0, indexOfApproval(steps));
  return before.every((step) => stepState(state, step.name).run === 'done');
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

/** A step runs that is past its point of no return and can be told to stop. */
export const mayStillObey = (steps: Shapes, state: State): boolean =>
  steps.some((step) => step.cancellable && stepState(state, step.name).run === 'started');

/** The step that waits for the approval, and all after it. */
export const behindApproval = (steps: Shapes): Shapes => steps.slice(indexOfApproval(steps));

/** Behind the last step where nobody is asked. */
function indexOfApproval(steps: Shapes): number {
  const index = steps.findIndex((step) => step.needs !== undefined);
  return index < 0 ? steps.length : index;
}
