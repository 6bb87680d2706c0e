/** A move was made: the bot looks whether it owes the journal an entry. A hint; it also sweeps. */

import type { JobPayload } from './payloads.ts';
import { BOT_QUEUE, type Queues } from './queues.ts';

const DUTIES_AT_ONCE = 4;

export async function enqueueDuty(
  queues: Pick<Queues, 'queue'>,
  { operation, position }: { operation: string; position: number },
): Promise<void> {
  const jobId = `${operation}.duty.${position}`;
  await queues.queue(BOT_QUEUE).add({ kind: 'duty', operation }, { jobId });
}

/** Works on the bot's queue until it is closed. @throws {Problem} store-unreachable at the start */
export async function workOnDuties(
  queues: Pick<Queues, 'worker'>,
  fulfil: (operation: string) => Promise<void>,
): Promise<void> {
  const process = async (job: JobPayload): Promise<void> => {
    if (job.kind === 'duty') await fulfil(job.operation);
  };
  await queues.worker(BOT_QUEUE, process, { concurrency: DUTIES_AT_ONCE });
}
