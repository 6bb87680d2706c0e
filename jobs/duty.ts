/** A move was made: the bot looks whether it owes the journal an entry. A hint; it also sweeps. */

import { BOT_QUEUE, type DutyJob, type Queues } from './queues.ts';

export async function enqueueDuty(
  queues: Pick<Queues, 'queue'>,
  { operation, position }: { operation: string; position: number },
): Promise<void> {
  const jobId = `${operation}.duty.${position}`;
  await queues.queue(BOT_QUEUE).add('duty', { kind: 'duty', operation }, { jobId });
}

export const dutyProcessor =
  (fulfil: (operation: string) => Promise<void>) =>
  async ({ operation }: DutyJob): Promise<void> => {
    await fulfil(operation);
  };
