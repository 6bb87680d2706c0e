/** A worker's account of itself and of its way to other hosts, for the doctor. It acts on nothing. */

import type { Finding } from '../src/domain/finding.ts';
import { type Queues, queueName } from './queues.ts';
import { waitForResult } from './results.ts';

export interface Examination {
  /** Of Ferry, on that host. */
  readonly version: string;
  readonly findings: readonly Finding[];
}

/** PowerShell reads all VMs of a Hyper-V host, and then asks the other hosts the same. */
const ANSWER_SECONDS = 90;

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
