/**
 * The port of a hypervisor host. Drivers: `lab` (simulated hosts in folders) and `hyperv`.
 * The contracts in test/contract run on every driver: what each host does, and what each way to move needs.
 *
 * Every method with a `Token` is an effect: it looks and acts inside the VM's mutex on this host,
 * refuses with `Problem('epoch-behind')` when a higher epoch was seen there, records the token's
 * epoch, and is idempotent: run twice, it ends as if run once.
 */

import type { HostFacts, VolumeFacts } from '../domain/host.ts';
import type { ReachFacts, Towards } from '../domain/hyperv.ts';
import type { Token } from '../domain/journal.ts';
import type { LiveHost } from '../domain/live.ts';
import type { Plan } from '../domain/plan.ts';
import type { FrozenRound } from '../domain/round.ts';
import type { StartAction, VmFacts } from '../domain/vm.ts';

/** A VM's definition as the driver exports it: opaque to everyone else. */
export interface Definition {
  readonly vmId: string;
  readonly bytes: Uint8Array;
}

/** A disk of the copy that a definition is registered with. */
export interface DiskPlace {
  /** Where it is attached, for example `SCSI 0:0`. */
  readonly disk: string;
  readonly path: string;
}

/** What a definition does not say of a VM's new home. */
export interface NewHome {
  readonly disks: readonly DiskPlace[];
  /** The switch here of each adapter that has one, in the adapters' order; absent: the same as before. */
  readonly networks?: Plan['networks'];
}

export type StopResult = 'stopped' | 'was off' | 'will not stop';
/** It never ran, which is proven: never seen running, and its disks are as we closed them. */
export interface NotStarted {
  /** Why, in the host's own words; nothing where it has none. */
  readonly message?: string;
}
export type StartResult = 'ran' | NotStarted;

export interface Host {
  readonly name: string;

  facts(): Promise<HostFacts>;
  /** How many moves it allows at once, as in its facts: asked before a worker is ready. */
  slots(): Promise<number>;
  /** Its volumes alone: cheap enough to be asked every few seconds. */
  volumes(): Promise<readonly VolumeFacts[]>;
  /** `undefined` when no VM of that Id is registered here. */
  vm(vmId: string): Promise<VmFacts | undefined>;
  /** A registered VM by name; names are not unique in Hyper-V: more than one is a Problem `vm-ambiguous`. */
  findVm(name: string): Promise<VmFacts | undefined>;
  /** Another host as this one sees it over the network; absent where there is no network to look at. */
  reach?(towards: Towards): Promise<ReachFacts>;
  /** Ends what calls of an earlier process have left half done, and nobody asks for again. Asked every
   * few seconds: cheap where there is nothing to end. */
  recover?(): Promise<void>;

  /**
   * Freezes all disks together and names the frozen files. Round numbers are the caller's; a round
   * that is already frozen under this number is returned as it is. A foreign checkpoint is
   * `Problem('foreign-checkpoint')`: wait.
   */
  openRound(vmId: string, round: number, token: Token): Promise<FrozenRound>;
  /** Merges the rounds up to this one into the base and waits for the merge's end. Returns the
   * newest frozen round as it is now: a merge changes paths and linkage. */
  closeRounds(vmId: string, upTo: number, token: Token): Promise<FrozenRound>;
  /** Ends tracking: all our checkpoints merged, also those of a VM that is off. */
  stopTracking(vmId: string, token: Token): Promise<void>;

  setStartAction(vmId: string, action: StartAction, token: Token): Promise<void>;
  /** Asks the guest to shut down and waits; never forced. */
  stop(vmId: string, timeoutSeconds: number, token: Token): Promise<StopResult>;
  /** Starts the VM. That it never ran is only said when it is proven. A fenced VM is `Problem('vm-fenced')`. */
  start(vmId: string, token: Token): Promise<StartResult>;
  /** Network off and leaf disks renamed: whoever tries, the VM cannot start. Refused while running. */
  fence(vmId: string, token: Token): Promise<void>;
  /** The released leaves of a VM that is off and fenced, as its last round. */
  lastRound(vmId: string, round: number): Promise<FrozenRound>;
  /** Also of a VM that was fenced in part, or that somebody started before it was. */
  unfence(vmId: string, token: Token): Promise<void>;
  isFenced(vmId: string): Promise<boolean>;

  /** Without disks and checkpoints, as the VM is configured now. */
  exportDefinition(vmId: string): Promise<Definition>;
  /** Registers with the same Id, automatic start off, fenced. */
  register(definition: Definition, home: NewHome, token: Token): Promise<void>;
  /** Removes the VM's registration, never its disks. A running VM is refused. */
  unregister(vmId: string, token: Token): Promise<void>;

  /** Moves by the hypervisor itself; absent where it has none. */
  readonly live?: LiveHost;
}
