/** What a step is. `steps.ts` lists them; each lives in a file of its own under `steps/`. */

import type { Approval, Entry, Opened, OpenedMigration, Side, Token } from '../domain/journal.ts';
import { type Facts, Problem } from '../domain/problem.ts';
import type { State } from './how-far.ts';
import type { StepPorts } from './ports.ts';

/** `Of`: the kind of operation that the step belongs to. */
export interface StepContext<Of extends Opened = OpenedMigration> {
  readonly opened: Of;
  readonly vmId: string;
  /** The journal up to and including this attempt's `started`. */
  readonly entries: readonly Entry[];
  /** What these entries mean. */
  readonly state: State;
  readonly token: Token;
  readonly ports: StepPorts;
  /** Aborted by a cancel, a pause, a higher epoch or the worker's end: obeyed at the next safe point. */
  readonly signal: AbortSignal;
  /** Aborted when people want it back, and by nothing else: `signal` is then aborted too. */
  readonly wantedBack: AbortSignal;
}

export type Act<Of extends Opened = OpenedMigration> = (context: StepContext<Of>) => Promise<Facts>;

/** `run` and `undo` may happen twice, or be cut anywhere: they look before they act. */
export interface StepActs<Of extends Opened = OpenedMigration> {
  readonly run: Act<Of>;
  readonly undo?: Act<Of>;
  /** Repeated while the step waits for its approval. */
  readonly keepWarm?: Act<Of>;
}

/** What the state machine needs to know of a step. */
export interface StepShape {
  readonly name: string;
  readonly on: Side;
  /** Waits for this approval before it runs. */
  readonly needs?: Approval;
  /** Once it may have run there is no way back. */
  readonly pointOfNoReturn?: boolean;
  /** Past its point of no return it can still be told to stop, and then says what came of it. */
  readonly cancellable?: boolean;
  /** Once it is done, the VM's home is this side. */
  readonly settles?: Side;
  /** It is never over: it runs again and again, until somebody ends the operation. */
  readonly stays?: boolean;
  /** Left-overs: what the operation is for has been reached without it. */
  readonly afterwards?: boolean;
  readonly undoable: boolean;
  /** It has something to do while it waits for its approval. */
  readonly warms: boolean;
}

export interface Step extends StepShape, StepActs<Opened> {}

/** Back to the approval, with the VM running at the source. */
export class AskAgain extends Problem {
  constructor(code: string, facts: Facts = {}) {
    super(code, facts);
    this.name = 'AskAgain';
  }
}

/** Everything is taken back, also where a round that keeps a copy warm says so: waiting mends nothing. */
export class TurnBack extends Problem {
  constructor(code: string, facts: Facts = {}) {
    super(code, facts);
    this.name = 'TurnBack';
  }
}

/** What the step is for, such as the target's start, is proven not to have happened. */
export class NeverRan extends Problem {
  constructor(code: string, facts: Facts = {}) {
    super(code, facts);
    this.name = 'NeverRan';
  }
}
