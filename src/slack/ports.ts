/**
 * What the bot's chat edge needs from the rest. Slack shows and asks; it decides nothing, and every
 * answer comes from here. Whoever implements `Operations` reads the journal and the workers.
 */

import type { Alert } from '../domain/alert.ts';
import type { Finding } from '../domain/finding.ts';
import type { Method, Plan } from '../domain/plan.ts';
import type { Facts, ProblemRecord } from '../domain/problem.ts';

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
   * `already-approved` when this user's counts already.
   */
  approve(operation: string, approval: { user: string; planHash: string }): Promise<Approved>;
  /** Each resolves when the request is recorded. `which`: an operation, or the name of its VM. */
  cancel(which: string, user: string): Promise<void>;
  retry(which: string, user: string): Promise<void>;
  rollback(which: string, user: string): Promise<void>;
  /** Copying stops at its next safe point, and goes on with `resume`. */
  pause(which: string, user: string): Promise<void>;
  resume(which: string, user: string): Promise<void>;
  /** Bytes a second for this operation's stream; `undefined` for none. */
  limit(which: string, bytesPerSecondMax: number | undefined, user: string): Promise<void>;
  /** The alert is heard: no reminder follows. */
  acknowledge(operation: string, alert: string, user: string): Promise<void>;
  hosts(): Promise<readonly HostRow[]>;
  /** All copies on all hosts that answer. */
  copies(): Promise<readonly CopyRow[]>;
  /** Opens the operation that deletes a copy once people have approved it. */
  proposeDeletion(request: DeletionRequest): Promise<Proposed>;
  /** Operations, newest first: all, or those of one VM. */
  history(vm?: string): Promise<readonly HistoryRow[]>;
  /** What is well and what is not: store, hosts, Slack. */
  doctor(): Promise<readonly Finding[]>;
  /** Journal, plan, findings and the bot's newest log lines in plain text: no secret, at most 1 MiB. */
  report(operation: string): Promise<string>;
  enroll(host: string, code: string, user: string): Promise<void>;
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
  /** The hosts that the channel may touch; absent for all. */
  readonly hosts?: 'all' | readonly string[];
}

export interface ProposeRequest extends Wish {
  /** Slack user id of the person who asks. */
  readonly user: string;
  /** Where the operation's message is to be. */
  readonly channel: string;
}

export interface DeletionRequest {
  readonly vm: string;
  readonly host: string;
  readonly user: string;
  readonly channel: string;
}

/** Measured or worked out from measurements; never part of what is approved. */
export interface Estimate {
  readonly bytesToCopy: number;
  /** What the copy is reckoned with. */
  readonly bytesPerSecond: number;
  /**
   * Where that comes from: the last copy between these hosts, else the slower of the link and of
   * what disks are assumed to do, or the limit that was asked for.
   */
  readonly rateFrom: 'history' | 'link' | 'disks' | 'limit';
  /** What the cards of the migration network say; absent when they do not. */
  readonly nominalBitsPerSecond?: number;
  /** What the migration network carried when it was last measured; absent when it was not. */
  readonly measuredBytesPerSecond?: number;
  /** Why it was not. */
  readonly notMeasured?: ProblemRecord;
  readonly secondsToCopy: number;
  readonly pauseSeconds: number;
  /** The newest round of this migration, an earlier cutover of this VM, or nothing but experience. */
  readonly pauseFrom: 'round' | 'history' | 'assumed';
  /** Of the pause, what is no copying: stop, import and start. */
  readonly stopAndStartSeconds: number;
}

/** `plan` is absent when a blocker forbids it. */
export interface Preview {
  readonly findings: readonly Finding[];
  readonly plan?: Plan;
  readonly estimate?: Estimate;
}

export interface CopyRow {
  readonly vm: { readonly id: string; readonly name: string };
  readonly host: string;
  /** The operation that made it. */
  readonly operation: string;
  /** `left behind`: the disks that a moved VM had; `received`: a committed round at a target. */
  readonly kind: 'received' | 'left behind';
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  readonly bytes: number;
  /** An operation under way needs it. */
  readonly inUse: boolean;
}

/** One operation, as an auditor reads it. */
export interface HistoryRow {
  readonly operation: string;
  readonly kind: 'migration' | 'deletion';
  readonly vm: string;
  readonly source: string;
  readonly target: string;
  readonly requestedBy: string;
  readonly approvedBy: readonly string[];
  /** `open` while it is not over. */
  readonly outcome: 'migrated' | 'deleted' | 'rolled back' | 'open';
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly closedAt?: number;
  readonly pauseSeconds?: number;
  /** Why it was rolled back. */
  readonly why?: ProblemRecord;
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

export type Refusal = ProblemRecord | readonly Finding[];
export type Proposed = { readonly operation: string } | { readonly refused: Refusal };
/** `waitingFor`: how many more people must approve. */
export type Approved = 'approved' | { readonly waitingFor: number };

export type StateKind =
  | 'preparing'
  | 'copying'
  | 'paused'
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
  /** Who paused it: a Slack user id, or a host's name for its command line. */
  readonly by?: string;
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
  readonly estimate?: Estimate;
  /** What bounds the stream now; absent without a limit. */
  readonly bytesPerSecondMax?: number;
  /** The plan before it asked again, to show what differs. */
  readonly planBefore?: Plan;
  readonly approvals: {
    /** Slack user ids, in the order of their approval. */
    readonly users: readonly string[];
    readonly needed: number;
    /** User and group ids, without a person who asked and must not approve. */
    readonly whoMay?: readonly string[];
    /** The person who asked must not be among them. */
    readonly twoPersons: boolean;
    /** Milliseconds since 1970; when the request for approval ends. Absent while nobody is asked. */
    readonly expiresAt?: number;
  };
  /** All alerts raised so far, oldest first. */
  readonly alerts: readonly Alert[];
  /** Milliseconds since 1970, the store's clock. */
  readonly times: {
    readonly openedAt: number;
    readonly closedAt?: number;
    /** When this was looked at. */
    readonly lookedAt?: number;
  };
  readonly result?: Result;
}

export interface HostRow {
  readonly name: string;
  readonly state: 'ready' | 'not enrolled' | 'away';
  /** Milliseconds since 1970; absent when the worker was never heard. */
  readonly seenAt?: number;
  readonly vms: readonly VmRow[];
  /** The one that takes VMs first; none while the host is away. */
  readonly volumes: readonly VolumeRow[];
}

export interface VmRow {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Given to it now; what it starts with while it is off. */
  readonly memoryBytes: number;
  readonly disks: number;
  /** Of all its disks together, as the guest sees them. */
  readonly virtualBytes: number;
}

export interface VolumeRow {
  /** As its host names it, for example `D:`. */
  readonly path: string;
  /** Less what is promised to migrations under way. */
  readonly bytesFree: number;
  readonly bytesTotal: number;
}

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
  readonly approvers: readonly string[];
  /** They may look. */
  readonly viewers: readonly string[];
}

/** One line an event; never a token. */
export type Log = (event: string, facts: Facts) => void;

/** Over: nothing will change any more but the clean-up that is pending. */
export const isOver = ({ state }: OperationView): boolean =>
  state.kind === 'migrated' || state.kind === 'rolled back';
