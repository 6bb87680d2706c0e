/** Freezes all disks together for the first time; from here on the chain tells what changes. */

import { refuseLowSpace } from '../space.ts';
import type { StepActs } from '../step.ts';

export const trackChanges: StepActs = {
  async run(context) {
    const { vmId, token, ports } = context;
    await refuseLowSpace(context);
    const round = await ports.host.openRound(vmId, 0, token);
    const { ticketHash } = await ports.stream.offer(token.operation, round);
    return { ticketHash, disks: round.disks.length };
  },
  /** Merges until the chain is as it was; only then is the source as before. */
  async undo({ vmId, token, ports }) {
    await ports.stream.withdraw(token.operation);
    await ports.host.stopTracking(vmId, token);
    return {};
  },
};
