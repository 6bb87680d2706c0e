/** What the driver keeps for live moves that are over goes with them. */

import type { Logger } from '../log.ts';
import type { Parts } from './ports.ts';

/** Over is what this worker has itself seen closed; it drops nothing that somebody may still come for. */
export async function forgetEnded(
  { host, memory }: Pick<Parts, 'host' | 'memory'>,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  const isOver = async (operation: string): Promise<boolean> =>
    (await memory.seen(operation)).some(({ body }) => body.kind === 'closed');
  try {
    await host.live?.forget?.(isOver);
  } catch (error) {
    // It is only tidier without them, and the next start tries again.
    log.warn({ error: String(error) }, 'records of ended moves stay');
  }
}
