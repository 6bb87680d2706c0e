/** One host's measurement of what the link from another one carries, for the plan. */

import { z } from 'zod';
import { type Queues, queueName } from './queues.ts';
import { waitForResult } from './results.ts';

/** The worker gives up after 5 s; a queue that is busy takes a moment more. */
const ANSWER_SECONDS = 8;
const resultSchema = z.number().positive();

/**
 * Asks the target's worker to let the source send to it, and waits: bytes a second.
 * @throws {Problem} worker-silent; job-payload-invalid from a worker of a version before this job;
 * or why the target could not reach the source
 */
export async function measure(
  queues: Queues,
  { source, target }: { readonly source: string; readonly target: string },
): Promise<number> {
  const queue = queues.queue(queueName(target));
  const job = await queue.add({ kind: 'measure', source });
  return resultSchema.parse(await waitForResult(queue, job, ANSWER_SECONDS));
}
