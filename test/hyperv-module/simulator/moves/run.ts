/** Jobs from their begin to their end, and what a simulator that ended has left of them. */

import { rm } from 'node:fs/promises';
import { hresult, WindowsError } from '../wire.ts';
import type { World } from '../world.ts';
import { thaw } from './guest.ts';
import { JOB_STATE, MoveJob, type MoveRequest } from './job.ts';
import { CANCELLED, Move } from './move.ts';

/** Begins the job; it goes on whatever becomes of the caller. */
export async function beginMove(world: World, request: MoveRequest): Promise<MoveJob> {
  const job = new MoveJob(request);
  world.moves.push(job);
  void runToEnd(world, job);
  return job;
}

/** Puts right what the moves of a simulator that ended left behind: they failed. */
export async function recoverMoves(world: World): Promise<void> {
  for (const { vmId, target, copies, pid } of world.kept.begun) {
    if (pid !== undefined) thaw(pid);
    const moved = await world.vm(target, vmId);
    if (moved === undefined) for (const copy of copies) await rm(copy, { force: true });
    await world.unplan({ host: target, vmId });
  }
  world.kept.begun = [];
  await world.save();
}

async function runToEnd(world: World, job: MoveJob): Promise<void> {
  const { request } = job;
  const vm = [request.vmId, request.name];
  let end: number = JOB_STATE.completed;
  let error: MoveJob['error'];
  try {
    await new Move(world, job).run();
  } catch (cause) {
    end = job.cancelAsked && isCancelled(cause) ? JOB_STATE.terminated : JOB_STATE.exception;
    error = errorOf(cause);
  }
  world.kept.begun = world.kept.begun.filter((each) => each.instanceId !== job.instanceId);
  const isLeft = end !== JOB_STATE.completed && world.faults.take('planned-vm-left', { vm });
  if (!isLeft) await world.unplan({ host: request.target, vmId: request.vmId });
  if (world.faults.take('job-gone', { vm })) job.isDropped = true;
  else {
    world.later(world.pace.jobKeptMilliseconds, async () => {
      job.isDropped = true;
    });
  }
  job.end(end, error);
}

const isCancelled = (cause: unknown): boolean =>
  cause instanceof WindowsError && cause.fields.hresult === CANCELLED;

function errorOf(cause: unknown): NonNullable<MoveJob['error']> {
  if (cause instanceof WindowsError)
    return { hresult: cause.fields.hresult ?? hresult(0x80004005), message: cause.message };
  return { hresult: hresult(0x80004005), message: String(cause) };
}
