/** A drain or a return as people are shown it: one row for each VM. */

import type { DrainOutcome, DrainPlan } from '../../domain/drain.ts';
import type { Finding } from '../../domain/finding.ts';
import type { ProblemRecord } from '../../domain/problem.ts';
import type { ChildState } from '../../fleet/drain.ts';
import type { Estimate } from '../operation-view.ts';

export interface DrainView {
  readonly operation: string;
  readonly plan: DrainPlan;
  readonly planHash: string;
  /** Slack user id. */
  readonly requestedBy: string;
  readonly channel: string;
  /** `stopping`: no further VM begins, and some still move. */
  readonly state: 'asking' | 'moving' | 'paused' | 'stopping' | DrainOutcome;
  /** Those that move in their order, then those that stay. */
  readonly rows: readonly DrainRow[];
  readonly approvals: {
    /** Slack user ids, in the order of their approval. */
    readonly users: readonly string[];
    readonly needed: number;
    /** The person who asked must not be among them. */
    readonly twoPersons: boolean;
    /** Milliseconds since 1970; absent while nobody is asked. */
    readonly expiresAt?: number;
  };
  /** Slack user id of the person who ended it. */
  readonly cancelledBy?: string;
  /** Milliseconds since 1970, the store's clock. */
  readonly times: { readonly openedAt: number; readonly closedAt?: number };
}

export interface DrainRow {
  readonly vm: { readonly id: string; readonly name: string };
  /** Absent for one that stays. */
  readonly target?: string;
  /** `not begun`: it was still to come when the drain ended. */
  readonly state: ChildState | 'waits' | 'stays' | 'not begun';
  /** The migration that moves it. */
  readonly member?: string;
  /** Why it stays, failed or needs a person. */
  readonly why?: ProblemRecord;
  /** What its checks warned of; people accept it with the drain. */
  readonly warnings: readonly Finding[];
  readonly estimate?: Estimate;
}

/** What a typed word may mean: the name of a drain, or the host of one that is open. */
export const isMeantDrain = (view: DrainView, which: string): boolean =>
  same(view.operation, which) || (!isDrainOver(view) && same(view.plan.host, which));

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** What is still where it was, though it was meant to move. */
export const leftOf = ({ rows }: DrainView): readonly DrainRow[] =>
  rows.filter(({ state }) => state !== 'moved');

export const isDrainOver = ({ times }: DrainView): boolean => times.closedAt !== undefined;
