/** A running move as Windows shows it, in the words of the domain. */

import { known } from '../../../domain/hyperv.ts';
import type { LiveMove, LiveProgress } from '../../../domain/live.ts';
import type { MoveJob, Moves, Role, View } from './wire.ts';

/** `JobState` from which on a job is over: Completed, Terminated, Killed, Exception. */
const OVER = 7;
/** Setup, data transfer, moving; 4 and 5 say how the last move ended. */
const ROLE_MOVES = [1, 2, 3];
/** While these last, a cluster lets its move be cancelled. */
const ROLE_CANCELS = [1, 2];

export interface Running {
  /** Absent where only the cluster knows of it. */
  readonly instanceId?: string;
  readonly percent: number;
  readonly jobType?: number;
  readonly cancellable: boolean;
  /** Where it goes; absent where Windows does not say, empty for a move of the storage alone. */
  readonly target?: string;
}

/** The move of this VM that runs, if one does; `jobs` are those that its source knows. */
export function runningIn(jobs: readonly MoveJob[], role: Role | undefined): Running | undefined {
  const job = jobs.find((one) => !isOver(one));
  if (role === undefined) return job && ofJob(job);
  if (!ROLE_MOVES.includes(role.migrationState) && !job) return undefined;
  const cancellable = ROLE_CANCELS.includes(role.migrationState);
  return { percent: 0, ...(job && ofJob(job)), cancellable };
}

/** `MigrationType`: the VM itself stays. */
const OF_STORAGE_ALONE = [32769, 32772];

function ofJob({ instanceId, percent, jobType, cancellable, ...job }: MoveJob): Running {
  const target = OF_STORAGE_ALONE.includes(job.migrationType) ? '' : job.target || undefined;
  const known = target === undefined ? {} : { target };
  return { instanceId, percent, jobType, cancellable, ...known };
}

/** As one host sees it. */
export const runningAt = ({ jobs, role }: View): Running | undefined =>
  runningIn(known(jobs) ?? [], known(role));

export const isOver = ({ jobState }: MoveJob): boolean => jobState >= OVER;

/** A move to anywhere else, or of the storage alone, is somebody else's. An address tells nothing. */
export function isOurs({ target }: Running, move: LiveMove): boolean {
  if (target === undefined || /^[\d.]+$|:/.test(target)) return true;
  return firstLabel(target) === firstLabel(move.target);
}

const firstLabel = (name: string): string => name.toLowerCase().replace(/\..*/, '');

/** Before the move itself: remote VM and checks (facts A.12). */
const CHECKING = [300, 301, 302, 303, 304];
const PHASES: Readonly<Record<string, LiveProgress['phase']>> = {
  CheckingCompatibility: 'checking',
  StorageMigrationPhaseOne: 'copying',
  StorageMigrationPhaseTwo: 'mirroring',
  MigratingPlannedVm: 'memory',
};
/** Of a VM whose storage goes along this says nothing: it holds from the first to the last byte. */
const MIGRATING = 'MigratingVirtualMachine';
const WITH_STORAGE = 306;

export function progressOf(running: Running, { status }: Pick<Moves, 'status'>): LiveProgress {
  const { percent, jobType, cancellable } = running;
  return {
    percent: Math.min(100, Math.max(0, percent)),
    phase: phaseOf(jobType, status),
    cancellable,
  };
}

function phaseOf(jobType: number | undefined, status: Moves['status']): LiveProgress['phase'] {
  if (jobType !== undefined && CHECKING.includes(jobType)) return 'checking';
  const said = known(status) ?? '';
  const phase = PHASES[said];
  if (phase !== undefined) return phase;
  return said === MIGRATING && jobType !== WITH_STORAGE ? 'memory' : 'unknown';
}
