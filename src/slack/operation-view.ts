/** One operation as people are shown it: read from its journal, never written back. */

import type { Alert } from '../domain/alert.ts';
import type { Finding } from '../domain/finding.ts';
import {
  type AlignmentPlan,
  type AnyPlan,
  type DeletionPlan,
  isAlignment,
  isDeletion,
  isMove,
  isRestore,
  type Plan,
  type RestorePlan,
} from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import type { Alignment } from '../fleet/alignment.ts';
import type { Outpaced } from '../migration/outpaced.ts';

export interface OperationView {
  readonly operation: string;
  readonly plan: AnyPlan;
  readonly planHash: string;
  readonly findings: readonly Finding[];
  /** Slack user id. */
  readonly requestedBy: string;
  readonly channel: string;
  readonly state: OperationState;
  /** Only while a round is under way; without a rate while it is paused. */
  readonly progress?: Progress;
  readonly estimate?: Estimate;
  /** What bounds the stream now; absent without a limit. */
  readonly bytesPerSecondMax?: number;
  /** Only while it asks: the guest writes too much for the pause, or did. */
  readonly outpaced?: Outpaced;
  /** Of an alignment alone. */
  readonly alignment?: Alignment;
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
  /** What a person asked of it last, as a code with the fact `by`; absent where nobody did. */
  readonly lastAct?: ProblemRecord;
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
  /** What its end leaves to be done, though it went well; absent: nothing. */
  readonly notes?: readonly ProblemRecord[];
}

export type MigrationView = OperationView & { readonly plan: Plan };
export type DeletionView = OperationView & { readonly plan: DeletionPlan };
export type RestoreView = OperationView & { readonly plan: RestorePlan };
export type AlignmentView = OperationView & { readonly plan: AlignmentPlan };

export const isMigration = (view: OperationView): view is MigrationView => isMove(view.plan);
export const isOfRestore = (view: OperationView): view is RestoreView => isRestore(view.plan);
export const isOfAlignment = (view: OperationView): view is AlignmentView => isAlignment(view.plan);
export const isOfDeletion = (view: OperationView): view is DeletionView => isDeletion(view.plan);

/** Over: nothing will change any more but the clean-up that is pending. */
export const isOver = ({ state: { kind } }: OperationView): boolean =>
  kind === 'migrated' || kind === 'restored' || kind === 'deleted' || kind === 'rolled back';

export type StateKind =
  | 'preparing'
  | 'copying'
  | 'aligned'
  | 'waiting'
  | 'paused'
  | 'asking'
  | 'cutting over'
  | 'moving'
  | 'rolling back'
  | 'deleting'
  | 'deleted'
  | 'migrated'
  | 'restoring'
  | 'restored'
  | 'rolled back'
  | 'needs a person';

export interface OperationState {
  readonly kind: StateKind;
  /** The step that runs or ran last; empty before the first. */
  readonly step: string;
  /** Why it rolls back, asks again or needs a person. */
  readonly why?: ProblemRecord;
  /** For which time it waits, milliseconds since 1970. */
  readonly until?: number;
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

/** Measured totals of a migration that is over. */
export interface Result {
  readonly virtualBytes: number;
  readonly allocatedBytes: number;
  readonly sentBytes: number;
  readonly rounds: number;
  /** From stop to heartbeat; absent where it was off before. */
  readonly pauseSeconds?: number;
  readonly totalSeconds: number;
}
