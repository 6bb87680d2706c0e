/**
 * What the bot's chat edge needs from the rest. Slack shows and asks; it decides nothing, and every
 * answer comes from here. Whoever implements `Operations` reads the journal and the workers.
 */

import type { Finding } from '../domain/finding.ts';
import type { Method, Plan, SwitchChoice } from '../domain/plan.ts';
import type { Facts, ProblemRecord } from '../domain/problem.ts';
import type { Window } from '../domain/window.ts';
import type { Estimate, OperationView } from './operation-view.ts';
import type { AlignmentRow, CopyRow, HistoryRow, HostRow, WhatIf } from './rows.ts';
import type { DrainView } from './views/drain-view.ts';

/** What a person can fix is thrown as a `Problem`; its words are shown to the one who asked. */
export interface Operations {
  /** Looks at both hosts, runs the preflight and opens the operation. */
  propose(request: ProposeRequest): Promise<Proposed>;
  /** The same looks, checks and plan; nothing is opened and nobody has to approve. */
  preview(wish: Wish): Promise<Preview>;
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
   * `already-approved` when this user's counts already. Of a plan that needs an administrator it
   * throws `administrator-needed` for the last one missing, unless one of all is among them.
   */
  approve(operation: string, approval: Approval): Promise<Approved>;
  /** Each resolves when the request is recorded. `which`: an operation, or the name of its VM or drained host. */
  cancel(which: string, user: string): Promise<void>;
  /**
   * What needs a person is tried again. What was rolled back is planned anew: then it answers with
   * the new operation. A VM of which nothing is under way is named for its last migration.
   */
  retry(which: string, user: string): Promise<PlannedAnew | undefined>;
  rollback(which: string, user: string): Promise<void>;
  /** Copying stops at its next safe point, and goes on with `resume`. */
  pause(which: string, user: string): Promise<void>;
  resume(which: string, user: string): Promise<void>;
  /** Bytes a second for this operation's stream; `undefined` for none. */
  limit(which: string, bytesPerSecondMax: number | undefined, user: string): Promise<void>;
  /** The alert is heard: no reminder follows. */
  acknowledge(operation: string, alert: string, user: string): Promise<void>;
  hosts(): Promise<readonly HostRow[]>;
  /** Gives a standing order, and begins at once where it can; it takes the place of one before. */
  align(request: AlignRequest): Promise<AlignAnswer>;
  /** Ends it; the copy is kept. `vm`: its name. */
  stopAligning(vm: string, user: string): Promise<void>;
  /** The standing orders and how they are kept. */
  alignments(): Promise<readonly AlignmentRow[]>;
  /** All copies on all hosts that answer. */
  copies(): Promise<readonly CopyRow[]>;
  /** What would be lost with this host. */
  whatIf(host: string): Promise<WhatIf>;
  /** Plans a move for each VM of a host, and asks once for all of them. Answers with the drain's name. */
  drain(request: DrainRequest): Promise<string>;
  /** The same for what the drains of a host moved, backwards. */
  bringBack(request: ReturnRequest): Promise<string>;
  /** Drains and returns that are open, and the newest of those that are over. */
  drains(): Promise<readonly DrainView[]>;
  /** Sets the hours in which a cutover may begin on this host; without them, any hour will do. */
  setWindow(request: WindowRequest): Promise<void>;
  windows(): Promise<readonly Window[]>;
  /** Opens the operation that starts a VM from its copy on this host. */
  proposeRestore(request: DeletionRequest): Promise<Proposed>;
  /** Opens the operation that deletes a copy once people have approved it. */
  proposeDeletion(request: DeletionRequest): Promise<Proposed>;
  /** Operations, newest first: all, or those of one VM. */
  history(vm?: string): Promise<readonly HistoryRow[]>;
  /** What is well and what is not: store, hosts, Slack. */
  doctor(): Promise<readonly Finding[]>;
  /** Journal, plan, findings and the bot's newest log lines in plain text: no secret, at most 1 MiB. */
  report(operation: string): Promise<string>;
  enroll(host: string, code: string, user: string): Promise<void>;
  /** The host's name as it is enrolled. Throws what stands in the way of `unenroll`. */
  mayUnenroll(host: string): Promise<string>;
  /** Its key is not trusted any more. Refused while an operation with this host is under way. */
  unenroll(host: string): Promise<void>;
}

export interface Approval {
  readonly user: string;
  readonly planHash: string;
  /** Slack user ids of all who are one now. */
  readonly administrators?: readonly string[];
}

/** What a person wants; what is left out is chosen for them. */
export interface Wish {
  readonly vm: string;
  readonly target: string;
  readonly method?: Method;
  /** A volume of the target, as its host names it. */
  readonly volume?: string;
  readonly bytesPerSecondMax?: number;
  readonly pauseSecondsMax?: number;
  /** Where a virtual switch has another name at the target; for a live move alone. */
  readonly switches?: readonly SwitchChoice[];
  /** Nothing is done before this time, milliseconds since 1970. */
  readonly startAt?: number;
  /** The cutover does not begin before this time. */
  readonly cutoverAt?: number;
  /** The hosts that the channel may touch; absent for all. */
  readonly hosts?: 'all' | readonly string[];
}

export interface ProposeRequest extends Wish {
  /** Slack user id of the person who asks. */
  readonly user: string;
  /** Where the operation's message is to be. */
  readonly channel: string;
}

export interface AlignRequest {
  readonly vm: string;
  readonly target: string;
  readonly everySeconds: number;
  readonly bytesPerSecondMax?: number;
  readonly user: string;
  readonly channel: string;
  /** Slack user ids of all who are one now. */
  readonly administrators: readonly string[];
  /** The hosts that the channel may touch; absent for all. */
  readonly hosts?: 'all' | readonly string[];
}

/** To bring back what drains of this host moved. */
export interface ReturnRequest {
  readonly host: string;
  readonly user: string;
  readonly channel: string;
  /** The hosts that the channel may touch; absent for all. */
  readonly hosts?: 'all' | readonly string[];
}

export interface WindowRequest {
  readonly host: string;
  readonly hours?: Omit<Window, 'host'>;
  readonly user: string;
}

export interface DrainRequest extends ReturnRequest {
  /** Absent: wherever there is room. */
  readonly target?: string;
  /** After a VM that failed no further one begins. */
  readonly stopOnFailure?: boolean;
}

/** Without an operation it begins once the VM is free. */
export type AlignAnswer =
  | { readonly operation?: string }
  | { readonly refused: readonly Finding[] };

export interface DeletionRequest {
  readonly vm: string;
  readonly host: string;
  readonly user: string;
  readonly channel: string;
}

/** `plan` is absent when a blocker forbids it. */
export interface Preview {
  readonly findings: readonly Finding[];
  readonly plan?: Plan;
  readonly estimate?: Estimate;
}

/** One thing that a person did. Its chain of hashes is the audit's own. */
export interface Decision {
  readonly user: string;
  readonly channel: string;
  readonly how: 'command' | 'click' | 'modal';
  /** The command's or button's name. */
  readonly what: string;
  /** As typed, at most 400 characters; never a code of enrolment. */
  readonly text?: string;
  readonly operation?: string;
  /** `asked` is written before it is done; without a line after it, it may have been done. */
  readonly outcome: 'asked' | 'done' | 'denied' | 'refused';
  /** Why not. */
  readonly problem?: ProblemRecord;
}

export interface Audit {
  /**
   * Resolves when it is on disk, in the order of the calls.
   * @throws Problem `audit-unwritable`, `audit-damaged`
   */
  record(decision: Decision): Promise<void>;
}

/** What an auditor takes along: the audit's lines and the journals' decisions, in their order. */
export interface AuditWish {
  /** A VM's name, without regard to case. */
  readonly vm?: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
  /** Only what concerns these hosts, or was asked in this channel. */
  readonly from?: { readonly channel: string; readonly hosts: readonly string[] };
}

/** Lines of JSON, each without its line's end. */
export type AuditLines = (wish: AuditWish) => AsyncIterable<string>;

/** An operation that was made from one that is over; its message is to be in `channel`. */
export interface PlannedAnew {
  readonly operation: string;
  readonly channel: string;
}

export type Refusal = ProblemRecord | readonly Finding[];
export type Proposed = { readonly operation: string } | { readonly refused: Refusal };
/** `waitingFor`: how many more people must approve. */
export type Approved = 'approved' | { readonly waitingFor: number };

/** Small JSON values by key; the store's records satisfy it. */
export interface MessageRecords {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  /** Writes only where the value is still `expected` (undefined: absent). True when written. */
  compareAndSet(key: string, expected: unknown, value: unknown): Promise<boolean>;
}

/** Who may do what, by Slack user id (U…) or group id (S…): names can be changed by their owners. */
export interface Roles {
  readonly operators: readonly string[];
  /** Administrators are among them. */
  readonly approvers: readonly string[];
  /** They may accept what no real host has shown. Absent: nobody. */
  readonly administrators?: readonly string[];
  /** They may look. */
  readonly viewers: readonly string[];
}

/** One line an event; never a token. */
export type Log = (event: string, facts: Facts) => void;
