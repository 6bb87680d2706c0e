/** What the contract of a hypervisor's own moves needs of a driver, beside what every host's needs. */

import type { LiveMove, LiveProgress } from '../../src/domain/live.ts';
import type { Host } from '../../src/hosts/host.ts';
import type { HostFixture } from './host-fixture.ts';

export interface LiveFixture extends HostFixture {
  /** To the target, with its disks, as a plan has it. */
  plan(): Promise<LiveMove>;
  /** Moves wait at this percentage until they are released or cancelled. */
  hold(percent: number): void;
  /** Resolves when a move waits there. */
  held(percent: number): Promise<void>;
  release(): void;
  /** Fails at this percentage: the next move. */
  moveFails(percent: number): void;
  /** Has this against it: the next comparison. */
  objects(message: string): void;
  /** The target cannot be asked until the returned function is called. */
  cutOff(): Promise<() => Promise<void>>;
  /** The source's worker ends with all that it runs, and the next one opens the host. */
  nextWorker(): Promise<Host>;
  /** Gives the VM what a move does not carry along: a medium of this host, and settings that get lost. */
  burden(): Promise<void>;
  /** What of that it has, as the hypervisor of the host where it is shows it. */
  burdenOf(): Promise<{ readonly media: readonly string[]; readonly settings: unknown }>;
  /** How often the hypervisor was asked for a move so far. */
  movesAsked(): number;
  /** What really is, without asking the driver. */
  truth(): Promise<Truth>;
}

export interface Truth {
  readonly registeredOn: readonly string[];
  readonly runsOn: readonly string[];
  /** Records that the guest was promised and its disks do not hold. */
  readonly lost: number;
  readonly ranTwice: boolean;
  /** Names of its disks' files, by host. */
  readonly files: Readonly<Record<string, readonly string[]>>;
}

export interface LiveContract {
  /** Percentages at which a cancel still takes the move back, and one at which it does not. */
  readonly cancellableAt: readonly number[];
  readonly tooLateAt: number;
  /** Comes before each test; what is slow to open a driver may share between them. */
  setup(): Promise<LiveFixture>;
}

/** A watch that keeps what it is told. */
export function watching() {
  const told: LiveProgress[] = [];
  const abort = new AbortController();
  const onProgress = (progress: LiveProgress) => void told.push(progress);
  return { told, cancel: () => abort.abort(), watch: { signal: abort.signal, onProgress } };
}
