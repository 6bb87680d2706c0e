/** How a job ended, for whoever asked: its result, or the Problem that it failed with. */

import { setTimeout as sleep } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import { Problem, toProblemRecord } from '../src/domain/problem.ts';
import { problemSchema } from '../src/domain/problem-record.ts';
import type { JobQueue } from './queues.ts';

const POLL_MILLISECONDS = { first: 25, factor: 1.5, max: 200 } as const;

/**
 * The result of a job, by looking again and again: events can be lost. A job that nobody took in
 * time is withdrawn.
 * @throws Problem `worker-silent`, `store-unreachable`, or what the job failed with.
 */
export async function waitForResult(
  queue: JobQueue,
  { id }: { readonly id: string },
  timeoutSeconds: number,
): Promise<unknown> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  let pauseMilliseconds: number = POLL_MILLISECONDS.first;
  let job = await queue.get(id);
  while (job !== undefined && job.finishedOn === undefined && performance.now() < deadline) {
    await sleep(pauseMilliseconds);
    pauseMilliseconds = Math.min(
      pauseMilliseconds * POLL_MILLISECONDS.factor,
      POLL_MILLISECONDS.max,
    );
    job = await queue.get(id);
  }
  if (job?.finishedOn === undefined) {
    // One that runs just now cannot be removed, and ends unread.
    await job?.remove().catch(() => undefined);
    throw new Problem('worker-silent', { queue: queue.name, timeoutSeconds });
  }
  if (job.failedReason) throw failureOf(job.failedReason);
  return job.returnvalue;
}

function failureOf(reason: string): Error {
  try {
    const { code, facts } = problemSchema.parse(JSON.parse(reason));
    return new Problem(code, facts);
  } catch (cause) {
    // BullMQ's own words, for example that the job stalled.
    return new Problem('bug', { message: reason }, { cause });
  }
}

/** A failure travels as the text of the error that BullMQ keeps; it is not tried again by BullMQ. */
export function failed(error: unknown): UnrecoverableError {
  return new UnrecoverableError(JSON.stringify(toProblemRecord(error)));
}
