/** One move of an operation on one host. The journal decides; the job only runs it. */

import { Problem, toProblemRecord } from '../src/domain/problem.ts';
import { type Advanced, advance, isOutage, type Runner } from '../src/migration/advance.ts';
import { type Next, type Task, tasksOf } from '../src/migration/next-action.ts';
import type { StepJob } from './payloads.ts';
import { type Queues, queueName } from './queues.ts';

export interface Enqueuing {
  readonly queues: Pick<Queues, 'queue'>;
  readonly operation: string;
  /** The name of the host on each side. */
  readonly hosts: { readonly source: string; readonly target: string };
  /** Entries so far: a move that was cut short gets a job of its own when it is due again. */
  readonly position: number;
  /** Milliseconds since 1970, the store's clock. */
  readonly now: number;
}

/** Hands what is next to the hosts' queues. A job that is there already stays as it is. */
export async function enqueueNext(next: Next, options: Enqueuing): Promise<void> {
  for (const task of tasksOf(next)) await enqueue(task, options);
}

async function enqueue(task: Task, options: Enqueuing): Promise<void> {
  const { queues, operation, hosts, position, now } = options;
  const { step, move, attempt } = task;
  const payload = { kind: 'step', operation, step, move, attempt } as const;
  await queues.queue(queueName(hosts[task.on])).add(payload, {
    jobId: `${operation}.${step}.${move}.${position}`,
    delay: delayFor(task, now),
  });
}

/** A job that comes a moment early would wait for the next sweep. */
const EARLY_MILLISECONDS = 50;

function delayFor({ notBefore }: Task, now: number): number {
  return notBefore > now ? Math.ceil(notBefore - now) + EARLY_MILLISECONDS : 0;
}

export interface StepProcessing {
  readonly runnerOf: (operation: string) => Promise<Runner>;
  /** After a move: whoever is next is told. */
  readonly moved: (operation: string) => Promise<void>;
  /** The journal itself cannot be acted upon: no entry can say so. */
  readonly halted: (
    operation: string,
    problem: ReturnType<typeof toProblemRecord>,
  ) => Promise<void>;
  readonly resumed: (operation: string) => Promise<void>;
  /** The store went away under it: it is looked at again as soon as the store is back. */
  readonly interrupted: (operation: string) => void;
}

/**
 * One runner a VM in a process: a second delivery while it works ends at once. What it came for is
 * looked at by the first one, which may have read the journal too early.
 */
export function stepProcessor(processing: StepProcessing): (job: StepJob) => Promise<void> {
  const running = new Set<string>();
  const cameMeanwhile = new Set<string>();
  return async ({ operation }) => {
    if (running.has(operation)) {
      cameMeanwhile.add(operation);
      return;
    }
    running.add(operation);
    let advanced: Advanced | undefined;
    try {
      do {
        cameMeanwhile.delete(operation);
        advanced = await advance(operation, await processing.runnerOf(operation));
      } while (advanced.kind === 'idle' && cameMeanwhile.has(operation));
      await processing.resumed(operation);
    } catch (error) {
      if (isOutage(error)) {
        processing.interrupted(operation);
        throw error;
      }
      await processing.halted(operation, toProblemRecord(error));
      // A bug: its stack is for the log.
      if (!(error instanceof Problem)) throw error;
    } finally {
      running.delete(operation);
    }
    if (advanced?.kind === 'moved') await processing.moved(operation);
  };
}
