/**
 * What the bot's chat edge needs from the rest. Slack shows and asks; it decides nothing, and every
 * answer comes from here. Whoever implements `Operations` reads the journal and the workers.
 */

import type { Alert } from '../domain/alert.ts';
import type { Finding } from '../domain/finding.ts';
import type { Plan } from '../domain/plan.ts';
import type { Facts, ProblemRecord } from '../domain/problem.ts';

/** What a person can fix is thrown as a `Problem`; its words are shown to the one who asked. */
export interface Operations {
  /** Looks at both hosts, runs the preflight and opens the operation. */
  propose(request: ProposeRequest): Promise<Proposed>;
  /** `undefined` when the store knows no such operation. */
  view(operation: string): Promise<OperationView | undefined>;
  /** All operations that are not over. */
  openViews(): Promise<readonly OperationView[]>;
  /**
   * Operations changed since `cursor` (0 for all), each once, and the cursor for the next call.
   * It may be asked every second. Progress alone need not count as a change.
   */
  changed(cursor: number): Promise<{ cursor: number; operations: readonly string[] }>;
  /**
   * Counts one person's approval. Atomic: of all calls that would be the last one needed, one gets
   * `approved`. Throws `plan-not-current` when nothing waits for this approval any more, and
   * `already-approved` when this user's counts already.
   */
  approve(operation: string, approval: { user: string; planHash: string }): Promise<Approved>;
  /** By operation or by the VM's name. Resolves when the request is recorded. */
  cancel(which: { operation: string } | { vm: string }, user: string): Promise<void>;
  retry(operation: string, user: string): Promise<void>;
  rollback(operation: string, user: string): Promise<void>;
  hosts(): Promise<readonly HostRow[]>;
  enroll(host: string, code: string, user: string): Promise<void>;
}

export interface ProposeRequest {
  readonly vm: string;
  readonly target: string;
  /** Slack user id of the person who asks. */
  readonly user: string;
  /** Where the operation's message is to be. */
  readonly channel: string;
}

export type Refusal = ProblemRecord | readonly Finding[];
export type Proposed = { readonly operation: string } | { readonly refused: Refusal };
/** `waitingFor`: how many more people must approve. */
export type Approved = 'approved' | { readonly waitingFor: number };

export type StateKind =
  | 'preparing'
  | 'copying'
  | 'asking'
  | 'cutting over'
  | 'rolling back'
  | 'migrated'
  | 'rolled back'
  | 'needs a person';

export interface OperationState {
  readonly kind: StateKind;
  /** The step that runs or ran last; empty before the first. */
  readonly step: string;
  /** Why it rolls back, asks again or needs a person. */
  readonly why?: ProblemRecord;
  /** The host on which left-overs still have to be removed. */
  readonly cleanUpPending?: string;
}

export interface Progress {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly bytesPerSecond: number;
  readonly round: number;
  readonly etaSeconds: number;
}

/** Measured totals of a migration that is over. */
export interface Result {
  readonly virtualBytes: number;
  readonly allocatedBytes: number;
  readonly sentBytes: number;
  readonly rounds: number;
  /** From stop to heartbeat. */
  readonly pauseSeconds: number;
  readonly totalSeconds: number;
}

export interface OperationView {
  readonly operation: string;
  readonly plan: Plan;
  readonly planHash: string;
  readonly findings: readonly Finding[];
  /** Slack user id. */
  readonly requestedBy: string;
  readonly channel: string;
  readonly state: OperationState;
  readonly progress?: Progress;
  readonly approvals: {
    /** Slack user ids, in the order of their approval. */
    readonly users: readonly string[];
    readonly needed: number;
    /** Milliseconds since 1970; when the request for approval ends. Absent while nobody is asked. */
    readonly expiresAt?: number;
  };
  /** All alerts raised so far, oldest first. */
  readonly alerts: readonly Alert[];
  /** Milliseconds since 1970, the store's clock. */
  readonly times: { readonly openedAt: number; readonly closedAt?: number };
  readonly result?: Result;
}

export interface HostRow {
  readonly name: string;
  readonly state: 'ready' | 'not enrolled' | 'away';
  /** Milliseconds since 1970; absent when the worker was never heard. */
  readonly seenAt?: number;
  readonly vms: readonly { readonly name: string; readonly state: string }[];
}

/** Small JSON values by key; the store's records satisfy it. */
export interface MessageRecords {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  /** Writes only where the value is still `expected` (undefined: absent). True when written. */
  compareAndSet(key: string, expected: unknown, value: unknown): Promise<boolean>;
}

/** Who may do what, by Slack user id: names can be changed by their owners. */
export interface Roles {
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
}

/** One line an event; never a token. */
export type Log = (event: string, facts: Facts) => void;

/** Over: nothing will change any more but the clean-up that is pending. */
export const isOver = ({ state }: OperationView): boolean =>
  state.kind === 'migrated' || state.kind === 'rolled back';
