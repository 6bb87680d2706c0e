/** The rows of the lists that people ask for: hosts with their VMs, copies, past operations. */

import type { DrainOutcome } from '../domain/drain.ts';
import type { Outcome } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import type { Window } from '../domain/window.ts';
import type { Fated } from '../fleet/what-if.ts';

export interface HostRow {
  readonly name: string;
  readonly state: 'ready' | 'not enrolled' | 'away';
  /** Milliseconds since 1970; absent when the worker was never heard. */
  readonly seenAt?: number;
  /** The drain that emptied it to be worked on. */
  readonly maintenance?: string;
  /** When the cutover of a VM may begin on it. */
  readonly window?: Window;
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
  /** Until when it is meant to be kept, milliseconds since 1970. */
  readonly keptUntil?: number;
  /** An operation under way needs it. */
  readonly inUse: boolean;
}

/** A standing order to keep a VM aligned, and how it is kept. */
export interface AlignmentRow {
  readonly vm: { readonly id: string; readonly name: string };
  readonly source: string;
  readonly target: string;
  readonly everySeconds: number;
  /** Where its messages go. */
  readonly channel: string;
  /** Who asked: a Slack user id. */
  readonly requestedBy: string;
  /** When it was ordered, milliseconds since 1970, the store's clock. */
  readonly orderedAt: number;
  /** The operation that carries it out, or did so last. */
  readonly operation?: string;
  /** What the guest wrote before is in the copy; absent before the first one is whole. */
  readonly freshAt?: number;
  readonly problem?: ProblemRecord;
}

/** Past operations are looked back at so far; older ones stay in the store. */
export const HISTORY_OPERATIONS_MAX = 1000;

/** One operation, as an auditor reads it. */
export interface HistoryRow {
  readonly operation: string;
  readonly kind: 'migration' | 'deletion' | 'alignment' | 'restore' | 'drain' | 'return';
  /** Of a drain and a return: the host. */
  readonly vm: string;
  readonly source: string;
  readonly target: string;
  readonly requestedBy: string;
  readonly approvedBy: readonly string[];
  /** `open` while it is not over. */
  readonly outcome: Outcome | DrainOutcome | 'open';
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly closedAt?: number;
  readonly pauseSeconds?: number;
  /** Why it was rolled back. */
  readonly why?: ProblemRecord;
}

/** What would be lost with a host. */
export interface WhatIf {
  readonly host: string;
  /** False: only the VMs of which there are copies are known. */
  readonly answers: boolean;
  /** Hosts that did not answer: what they have is not counted. */
  readonly silent: readonly string[];
  /** What of Ferry runs on that host. */
  readonly carries?: 'bot' | 'store';
  readonly vms: readonly Fated[];
  /** VMs of other hosts whose only copy is there. */
  readonly bare: readonly string[];
}
