/** The copies that lie on a host, whichever operation made them: what steps need of them. */

import type { KeptDisk } from '../domain/host.ts';
import type { PlannedCopy } from '../domain/plan.ts';
import type { VmAbout } from '../domain/vm.ts';

/** A copy on this host: a committed one that it received, or the disks that a moved VM left behind. */
export interface KeptCopy extends PlannedCopy {
  readonly vm: { readonly id: string; readonly name: string };
  readonly kind: 'received' | 'left behind';
  /** Until then it is meant to be kept, milliseconds since 1970. Nothing deletes it by itself. */
  readonly keptUntil?: number;
  /** The VM of this host that runs from one of its disks: it is its own, and no copy. */
  readonly usedBy?: string;
  /** Absent where a copy cannot begin from these files. */
  readonly disks?: readonly KeptDisk[];
  /** Of one that is kept aligned: what must be known to start the VM from it. */
  readonly about?: VmAbout;
}

/** The copies on this host's disks, whichever operation made them. */
export interface KeptCopies {
  of(vmId: string): Promise<readonly KeptCopy[]>;
  /** From the first moment it is no copy any more. Nothing to do where none of this VM is left. */
  remove(vmId: string, folder: string): Promise<void>;
  /** Flushed before it resolves; said again, the first word counts. Answers until when it is kept. */
  leave(left: LeftCopy): Promise<number>;
}

/** What a moved VM leaves at its source: its disks as they were then, and its definition. */
export interface LeftCopy {
  readonly vm: { readonly id: string; readonly name: string };
  readonly operation: string;
  /** The last one that the target got. */
  readonly round: number;
  readonly disks: readonly { readonly disk: string; readonly path: string }[];
  readonly definition: { readonly vmId: string; readonly bytes: Uint8Array };
}
