/** A move by the hypervisor itself: the VM runs all the time. */

import type { Token } from './journal.ts';
import type { Facts } from './problem.ts';

/**
 * By where the disks lie: on the source's own volumes, so that they go along; on a share that both
 * hosts reach, so that memory alone goes; on storage of a cluster, whose own role is moved.
 */
export type LiveWay = 'with storage' | 'memory only' | 'cluster role';

/** What is asked of the hypervisor; all of it stands in the plan. */
export interface LiveMove {
  readonly vm: { readonly id: string; readonly name: string };
  readonly way: LiveWay;
  /** The target as the source's hypervisor must name it. */
  readonly target: string;
  /** Empty where the disks stay. File names stay the same; only folders change. */
  readonly disks: readonly {
    readonly disk: string;
    readonly sourcePath: string;
    readonly targetPath: string;
  }[];
  /**
   * Files that disks stand on and that no checkpoint made. Windows must be told a place for each, and
   * leaves them at the source too. Absent: none.
   */
  readonly parents?: readonly { readonly sourcePath: string; readonly targetPath: string }[];
  /** The folder at the target for configuration, checkpoints and paging; absent where none moves. */
  readonly folder?: string;
  /** Adapter name to the virtual switch at the target. */
  readonly networks: readonly { readonly adapter: string; readonly switch: string }[];
  /** The network that it goes over, CIDR. */
  readonly migrationSubnet: string;
}

/** One objection of the hypervisor (`Compare-VM`). */
export interface Incompatibility {
  /** `MessageId`; 0 where it has none. */
  readonly id: number;
  /** Type of what is at fault, for example `VMNetworkAdapter`. */
  readonly source: string;
  /** Windows' own text, in its own language. */
  readonly message: string;
}

/** What a move does not carry along, recorded before it so that it can be applied again. */
export interface Carried {
  readonly dvdDrives: readonly { readonly drive: string; readonly path: string }[];
  /** Settings of the adapters, opaque to everyone but the driver. */
  readonly adapters: readonly { readonly mac: string; readonly settings: string }[];
}

/** What could not be given back to the VM at the target. */
export interface NotCarried {
  /** Media that are not in their drives again, by path. */
  readonly media: readonly string[];
  /** Adapters that are not there any more, by name. */
  readonly adapters: readonly string[];
}

export interface LiveProgress {
  /** 0 to 100; not bytes. */
  readonly percent: number;
  readonly phase: 'checking' | 'copying' | 'mirroring' | 'memory' | 'unknown';
  readonly cancellable: boolean;
}

/**
 * Where the VM is after a move, by looking and never by what the job says: registered at the target
 * and nowhere else, or at the source as before. Anything else is unknown: `facts` say what was seen.
 */
export type LiveEnd =
  | { readonly end: 'moved' }
  | { readonly end: 'not moved'; readonly why: { readonly code: string; readonly facts: Facts } }
  | { readonly end: 'unknown'; readonly facts: Facts };

/**
 * The port of a hypervisor that moves VMs itself, which the steps call and a host's driver answers. Asked
 * of the source, but for `carryIn`. What has a token is an effect, as in `hosts/host.ts`.
 */
export interface LiveHost {
  /**
   * Would it go? Waits until what the question itself leaves at the target is gone. An answer that
   * cannot be had, for example because the target refuses the source, is a Problem.
   */
  compare(move: LiveMove): Promise<readonly Incompatibility[]>;
  /** Records what a move does not carry along, and ejects what would stop it. Idempotent. */
  carryOut(move: LiveMove, token: Token): Promise<Carried>;
  /** At the source: puts back what `carryOut` ejected. At the target: applies it all again. */
  carryIn(vmId: string, carried: Carried, token: Token): Promise<NotCarried>;
  /**
   * Begins the move, or goes on watching one that runs already. Resolves when it is over, whichever
   * way. An abort cancels it where that is still possible; the end says what came of it.
   */
  move(move: LiveMove, token: Token, watch: LiveWatch): Promise<LiveEnd>;
  /** Drops what `carryOut` recorded for operations that are over: nobody comes for it any more. */
  forget?(isOver: (operation: string) => Promise<boolean>): Promise<void>;
}

export interface LiveWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LiveProgress) => void;
}
