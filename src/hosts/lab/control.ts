/** What the driver asks of a VM's process over its control socket, and what runs without one. */

import { Problem, type ProblemRecord } from '../../domain/problem.ts';
import { nobody, type Opener, removeCheckpoints, takeCheckpoint } from './checkpoints.ts';
import { address, type Place } from './layout.ts';
import { askOnce, connectLines, LinkLost } from './lines.ts';
import { withLock } from './lock.ts';

const STATUS_SECONDS = 5;
/** A merge of the largest lab disk, on a slow machine. */
const JOB_SECONDS_MAX = 600;
/** How often a VM may start or end between looking and acting. */
const LOOKS_MAX = 5;

export interface GuestStatus {
  readonly pid: number;
  readonly state: 'Starting' | 'Running' | 'Stopping';
  /** Acknowledged by the witness since this start. */
  readonly acknowledged: number;
}

/** A change of the chain: done by the VM's process while it runs, else by whoever asks. */
export type Job =
  | { readonly command: 'freeze'; readonly name: string }
  | { readonly command: 'merge'; readonly names: readonly string[] };

export type ControlRequest =
  | Job
  | { readonly command: 'status' }
  /** `byHost`: the host shuts down, and remembers that the VM ran. */
  | { readonly command: 'shutdown'; readonly byHost?: boolean };

export async function perform(place: Place, job: Job, opener: Opener): Promise<void> {
  if (job.command === 'freeze') await takeCheckpoint(place, job.name, opener);
  else await removeCheckpoints(place, job.names, opener);
}

/** The hypervisor's own lock: one job on a VM at a time. */
export function withJobLock<T>(place: Place, act: () => Promise<T>): Promise<T> {
  const inVain = () =>
    new Problem('vm-busy', { host: place.host, vm: place.vmId, seconds: JOB_SECONDS_MAX });
  return withLock(address('job', place), { waitSeconds: JOB_SECONDS_MAX, inVain }, act);
}

/** True while a process serves this VM here, however deaf it is. */
export async function isRunning(place: Place): Promise<boolean> {
  try {
    (await connectLines({ path: address('control', place) })).close();
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    if (error instanceof LinkLost) return true;
    throw error;
  }
}

/** `undefined` when nothing runs; a guest that does not answer is a guest without heartbeat. */
export async function guestStatus(place: Place): Promise<GuestStatus | 'silent' | undefined> {
  try {
    return (await askGuest(place, { command: 'status' }, STATUS_SECONDS)) as GuestStatus;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (error instanceof LinkLost) return 'silent';
    throw error;
  }
}

/** @throws LinkLost when the guest is not there or dies; Problem as the guest says. */
export async function askGuest(
  place: Place,
  request: ControlRequest,
  seconds = STATUS_SECONDS,
): Promise<unknown> {
  const reply = await askOnce({ path: address('control', place) }, request, seconds);
  const { problem } = reply as { problem?: ProblemRecord };
  if (problem !== undefined) throw new Problem(problem.code, problem.facts);
  return reply;
}

/** Has the job done by whoever may: a VM that starts, ends or is killed meanwhile is looked at again. */
export async function runJob(place: Place, job: Job): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (await isRunning(place)) {
      if (await askedGuest(place, job)) return;
    } else if (await whileOff(place, () => perform(place, job, nobody))) return;
  }
  throw new Problem('vm-busy', { host: place.host, vm: place.vmId, seconds: 0 });
}

/** Acts while the VM cannot start. False when it runs. */
export function whileOff(place: Place, act: () => Promise<void>): Promise<boolean> {
  return withJobLock(place, async () => {
    if (await isRunning(place)) return false;
    await act();
    return true;
  });
}

async function askedGuest(place: Place, job: Job): Promise<boolean> {
  try {
    await askGuest(place, job, JOB_SECONDS_MAX);
    return true;
  } catch (error) {
    if (error instanceof LinkLost) return false;
    throw error;
  }
}

const isAbsent = (error: unknown): boolean =>
  error instanceof LinkLost && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT');
