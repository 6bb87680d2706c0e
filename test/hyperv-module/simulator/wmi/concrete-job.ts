/** `Msvm_ConcreteJob`: what a WMI method began, and goes on with whatever becomes of its caller. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { JOB_STATE } from '../moves/job.ts';
import { hresult, WindowsError } from '../wire.ts';
import type { World } from '../world.ts';

/** An instance by its class and key. */
export interface Affected {
  readonly className: string;
  readonly key: string;
}

export class ConcreteJob {
  readonly instanceId = randomUUID().toUpperCase();
  readonly host: string;
  readonly vmId: string;
  readonly caption: string;
  readonly startedAt = Date.now();
  readonly affected: Affected[] = [];
  changedAt = this.startedAt;
  state: number = JOB_STATE.running;
  error: { readonly hresult: number; readonly message: string } | undefined;
  isDropped = false;

  constructor({ host, vmId, caption }: { host: string; vmId: string; caption: string }) {
    this.host = host;
    this.vmId = vmId;
    this.caption = caption;
  }

  get isOver(): boolean {
    return this.state >= JOB_STATE.completed;
  }
}

/** Begins it. The work tells what it affects; what it throws is the job's error. */
export function beginJob(
  world: World,
  job: ConcreteJob,
  work: () => Promise<readonly Affected[]>,
): void {
  world.jobs.push(job);
  void run(world, job, work);
}

async function run(
  world: World,
  job: ConcreteJob,
  work: () => Promise<readonly Affected[]>,
): Promise<void> {
  await sleep(world.pace.jobMilliseconds);
  try {
    job.affected.push(...(await work()));
    job.state = JOB_STATE.completed;
  } catch (error) {
    const isKnown = error instanceof WindowsError;
    const code = isKnown ? (error.fields.hresult ?? 0x80004005) : 0x80004005;
    job.error = { hresult: hresult(code), message: isKnown ? error.message : String(error) };
    job.state = JOB_STATE.exception;
  }
  job.changedAt = Date.now();
  world.later(world.pace.jobKeptMilliseconds, async () => {
    job.isDropped = true;
  });
}

/** The job that works on a VM now, if one does. */
export const jobOn = (world: World, host: string, vmId: string): ConcreteJob | undefined =>
  world.jobs.find((job) => job.host === host && job.vmId === vmId && !job.isOver);
