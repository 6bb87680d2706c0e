/** What a step is. `steps.ts` lists them; each lives in a file of its own under `steps/`. */

import type { Entry, Opened, Side, Token } from '../domain/journal.ts';
import { type Facts, Problem } from '../domain/problem.ts';
import type { StepPorts } from './ports.ts';
import type { State } from './state.ts';

export interface StepContext {
  readonly opened: Opened;
  readonly vmId: string;
  /** The journal up to and including this attempt's `started`. */
  readonly entries: readonly Entry[];
  /** What these entries mean. */
  readonly state: State;
  readonly token: Token;
  readonly ports: StepPorts;
  /** Aborted by a cancel, a pause, a higher epoch or the worker's end: obeyed at the next safe point. */
  readonly signal: AbortSignal;
}

export type Act = (context: StepContext) => Promise<Facts>;

/** `run` and `undo` may happen twice, or be cut anywhere: they look before they act. */
export interface StepActs {
  readonly run: Act;
  readonly undo?: Act;
  /** Repeated while the step waits for its approval. */
  readonly keepWarm?: Act;
}

/** What the state machine needs to know of a step. */
export interface StepShape {
  readonly name: string;
  readonly on: Side;
  /** Waits for this approval before it runs. */
  readonly needs?: 'cutover';
  /** Once it may have run there is no way back. */
  readonly pointOfNoReturn?: boolean;
  readonly undoable: boolean;
}

export interface Step extends StepShape, StepActs {}

/** Back to the approval, with the VM running at the source. */
export class AskAgain extends Problem {
  constructor(code: string, facts: Facts = {}) {
    super(code, facts);
    this.name = 'AskAgain';
  }
}

/** The target's start is proven not to have happened. */
export class NeverRan extends Problem {
  constructor(code: string, facts: Facts = {}) {
    super(code, facts);
    this.name = 'NeverRan';
  }
}
