/** A worker's account of itself and of its way to other hosts, for the doctor. It acts on nothing. */

import type { Finding } from '../src/domain/finding.ts';
import { type Queues, queueName } from './queues.ts';
import { waitForResult } from './results.ts';

export interface Examination {
  /** Of Ferry, on that host. */
  readonly version: string;
  readonly findings: readonly Finding[];
}

/** A host that does not answer costs the asked one up to 5 s, all of them at once. */
const ANSWER_SECONDS = 15;

/**
 * Asks a host's worker how it is and whether it reaches the others, and waits for its answer.
 * @throws {Problem} worker-silent; job-payload-invalid from a worker of a version before this job
 */
export async function examine(
  queues: Queues,
  { host, others }: { host: string; others: readonly string[] },
): Promise<Examination> {
  const queue = queues.queue(queueName(host));
  const job = await queue.add({ kind: 'examine', others: [...others] });
  return (await waitForResult(queue, job, ANSWER_SECONDS)) as Examination;
}
