/**
 * What the steps need from the world. The worker wires real hosts, streams and files to these;
 * the simulation wires fakes. Drivers satisfy them by shape.
 */

import type { Copy } from '../domain/copy.ts';
import type { Finding } from '../domain/finding.ts';
import type { HostFacts, VolumeFacts } from '../domain/host.ts';
import type { Entry, EntryBody, Opened, OpenedCopying, Side, Token } from '../domain/journal.ts';
import type { LiveHost, LiveProgress } from '../domain/live.ts';
import type { Method, Plan, PlannedCopy, SwitchChoice } from '../domain/plan.ts';
import type { FileIdentity, FrozenRound, RoundSent } from '../domain/round.ts';
import type { SpaceLimits } from '../domain/space.ts';
import type { StartAction, VmAbout, VmFacts } from '../domain/vm.ts';
import type { KeptCopies } from './kept.ts';

/** The part of a host's driver that steps use. Effects are fenced by the token: `hosts/host.ts`. */
export interface MigrationHost {
  facts(): Promise<HostFacts>;
  volumes(): Promise<readonly VolumeFacts[]>;
  vm(vmId: string): Promise<VmFacts | undefined>;
  openRound(vmId: string, round: number, token: Token): Promise<FrozenRound>;
  closeRounds(vmId: string, upTo: number, token: Token): Promise<FrozenRound>;
  stopTracking(vmId: string, token: Token): Promise<void>;
  setStartAction(vmId: string, action: StartAction, token: Token): Promise<void>;
  stop(
    vmId: string,
    timeoutSeconds: number,
    token: Token,
  ): Promise<'stopped' | 'was off' | 'will not stop'>;
  start(vmId: string, token: Token): Promise<'ran' | { message?: string }>;
  fence(vmId: string, token: Token): Promise<void>;
  lastRound(vmId: string, round: number): Promise<FrozenRound>;
  unfence(vmId: string, token: Token): Promise<void>;
  isFenced(vmId: string): Promise<boolean>;
  exportDefinition(vmId: string): Promise<{ vmId: string; bytes: Uint8Array }>;
  register(
    definition: { vmId: string; bytes: Uint8Array },
    home: {
      disks: readonly { disk: string; path: string }[];
      networks?: Plan['networks'];
    },
    token: Token,
  ): Promise<void>;
  unregister(vmId: string, token: Token): Promise<void>;
  /** Absent where the hypervisor cannot move a VM itself. */
  readonly live?: LiveHost;
}

/** What a host is about to do that could make two VMs run. */
export interface Intent {
  readonly operation: string;
  readonly intent: 'start at target' | 'take back at source';
  readonly from: Side;
  readonly epoch: number;
  readonly position: number;
  /** `entryHash` of the entry at that position. */
  readonly head: string;
}

/** The other host's answer, given after it flushed the intent. */
export interface PeerAnswer {
  /** By the journal that it has seen, the target may have been started. */
  readonly startSeen: boolean;
  readonly vm: 'running' | 'off, fenced' | 'off, free' | 'absent';
}

/** The other host, over mutual TLS. Unreachable is `Problem('peer-unreachable')`. */
export interface Peer {
  tell(intent: Intent): Promise<PeerAnswer>;
  facts(): Promise<HostFacts>;
  /** The committed copy at the target. */
  copy(operation: string): Promise<Copy | undefined>;
  /** Flushed at the target before it resolves. */
  handOver(
    operation: string,
    definition: { vmId: string; bytes: Uint8Array; about?: VmAbout },
  ): Promise<void>;
  /** What the target needs to receive: asked by the target. */
  session(operation: string): Promise<Session>;
  /** Fences a VM that is off there, once people have approved a restore elsewhere. */
  fence(token: Token): Promise<void>;
  /** Takes that back, once the restore is rolled back. */
  unfence(token: Token): Promise<void>;
  /** Whether anything at its address takes a connection, also where its worker does not answer. */
  isUp(): Promise<boolean>;
}

export interface SessionDisk {
  readonly disk: string;
  readonly virtualBytes: number;
  readonly logicalSectorBytes: number;
  readonly diskId: string;
  /** Of the file at the end of the chain; a worker of an earlier release does not tell them. */
  readonly format?: 'vhdx' | 'vhd' | undefined;
  readonly type?: 'fixed' | 'dynamic' | undefined;
  readonly blockBytes?: number | undefined;
  readonly physicalSectorBytes?: number | undefined;
}

/** The secret and the shape of a stream. */
export interface Session {
  readonly ticket: string;
  readonly disks: readonly SessionDisk[];
}

export interface SentRound extends RoundSent {
  /** Root digests: the source's frozen disks, and what the target read back. */
  readonly digests: readonly { disk: string; source: string; target: string }[];
}

export type SendMode = 'whole' | 'changes' | 'by digests';

/** The source's end of the stream. */
export interface SourceStream {
  /** Makes the ticket, keeps it on disk and offers it; the same ticket when asked again. */
  offer(operation: string, round: FrozenRound): Promise<{ ticketHash: string }>;
  /** Resolves when the round is committed at the target, at once where it already is. */
  send(round: OutgoingRound, signal: AbortSignal): Promise<SentRound>;
  /** The source's own root digests at the last round sent. */
  digests(operation: string): Promise<readonly { disk: string; digest: string }[]>;
  withdraw(operation: string): Promise<void>;
  /** Bytes a second for this operation from now on, also for a round under way; undefined: no limit. */
  limit(operation: string, bytesPerSecondMax: number | undefined): void;
}

export interface OutgoingRound {
  readonly token: Token;
  readonly mode: SendMode;
  readonly round: FrozenRound;
}

/** The target's end of the stream and the copies on its disks. */
export interface TargetCopies {
  /**
   * Makes the copy's files, or begins from the plan's base, and receives until `settle`. A base that
   * the VM left is read first: an abort ends that, and nothing has changed.
   */
  create(opened: OpenedCopying, session: Session, token: Token, signal: AbortSignal): Promise<void>;
  /**
   * Makes a committed copy this operation's alone.
   * @throws {Problem} copy-unknown | copy-changed | copy-in-use | copy-without-definition
   */
  hold(vmId: string, copy: PlannedCopy, token: Token): Promise<Copy>;
  /** Stops receiving; drops what is uncommitted and keeps a committed copy. */
  settle(operation: string): Promise<void>;
  definition(operation: string): Promise<{ vmId: string; bytes: Uint8Array } | undefined>;
  disks(operation: string): Promise<readonly { disk: string; path: string }[]>;
  read(operation: string): Promise<Copy | undefined>;
  /** The copy became the VM's own disks. */
  handedToVm(operation: string): Promise<void>;
}

export interface Reservation {
  readonly operation: string;
  /** Absent: the one on which the host puts VMs. */
  readonly volume?: string;
  readonly bytes: number;
  readonly memoryBytes: number;
  /** False: it takes none of the moves that the host allows at once. */
  readonly slot?: false;
}

/** Kept in one file on the target; given back by undo and by the end of the claim. */
export interface Reservations {
  reserve(claim: Reservation): Promise<void>;
  release(operation: string): Promise<void>;
}

/** What the source keeps on its own disk about an operation. */
export interface Notes {
  /** The last round that the target committed; -1 before round 0. */
  readonly round: number;
  /** Per disk, what that round ended with: the next round must be its child. */
  readonly ended: Readonly<Record<string, FileIdentity>>;
  /** When that round was frozen: milliseconds since 1970, this host's clock. */
  readonly frozenAt?: number;
  /** Our clean shutdown ended, so the VM is off because of us. */
  readonly stoppedByUs: boolean;
  /** The guest was asked to shut down, and has not been seen off since. */
  readonly stopAsked?: boolean;
}

export interface Notebook {
  read(operation: string): Promise<Notes>;
  /** Flushed before it resolves. */
  write(operation: string, notes: Notes): Promise<void>;
}

/** What this worker has seen and been told; on its own disk, so that no store can take it back. */
export interface Memory {
  remember(operation: string, entries: readonly Entry[]): Promise<void>;
  /**
   * `Problem('journal-behind')` or `Verdict('journal-diverged')` when the store lost what we saw,
   * or what the other host told us of in an intent: its position and head count as seen.
   */
  checkNotBehind(operation: string, entries: readonly Entry[]): Promise<void>;
  intents(operation: string): Promise<readonly Intent[]>;
}

/** The journal with this worker's signature. */
export interface Journal {
  read(operation: string): Promise<Entry[]>;
  /** Signs and appends after `entries`; `lost` when someone else wrote first. */
  append(operation: string, entries: readonly Entry[], body: EntryBody): Promise<Appended>;
  /** Throws a Verdict when an entry is forged, out of order or by the wrong author. */
  verify(entries: readonly Entry[]): void;
  identity(): Promise<string>;
  now(): Promise<number>;
}

export type Appended = { result: 'appended'; entry: Entry } | { result: 'lost' };

export interface StepPorts {
  readonly host: MigrationHost;
  readonly peer: (opened: Opened) => Peer;
  readonly stream: SourceStream;
  readonly copies: TargetCopies;
  readonly kept: KeptCopies;
  readonly reservations: Reservations;
  readonly notebook: Notebook;
  readonly memory: Memory;
  readonly journal: Journal;
  /** The checks that may have changed since the plan. */
  readonly recheck: (
    facts: {
      vm: VmFacts;
      source: HostFacts;
      target: HostFacts;
      /** As the plan has them. */
      switches: readonly SwitchChoice[];
    },
    method: Method,
  ) => readonly Finding[] | Promise<readonly Finding[]>;
  /** What people see of a live move that runs. */
  readonly showMove: (operation: string, progress: LiveProgress) => void;
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since 1970, this host's clock: says how long something took, never when. */
  readonly now: () => number;
  readonly timing: Timing;
  readonly space: SpaceLimits;
}

/** Seconds. The lab and the tests use shorter ones. */
export interface Timing {
  readonly stopTimeoutSeconds: number;
  readonly confirmTimeoutSeconds: number;
  readonly stopAndStartSeconds: number;
  /** How long after it was taken back a guest may still obey the shutdown that it was asked for. */
  readonly lateStopSeconds: number;
  readonly foreignCheckpointPatienceSeconds: number;
}
