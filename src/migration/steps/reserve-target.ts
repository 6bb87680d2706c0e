/** Room on the target: disk, startup memory and a slot, counted by every other plan. */

import { type Plan, staysOff } from '../../domain/plan.ts';
import type { Reservation } from '../ports.ts';
import type { StepActs } from '../step.ts';

export const reserveTarget: StepActs = {
  async run({ opened: { plan }, token, ports }) {
    const claim = claimOf(plan, token.operation);
    await ports.reservations.reserve(claim);
    const { bytes, memoryBytes } = claim;
    return { bytes, memoryBytes };
  },
  async undo({ token, ports }) {
    await ports.reservations.release(token.operation);
    return {};
  },
};

/** What people approved that the target gives. */
export const claimOf = (plan: Plan, operation: string): Reservation => ({
  operation,
  volume: plan.volume,
  bytes: plan.bytesOnTargetMax,
  // Nothing starts it: whoever does has to look for the memory.
  memoryBytes: staysOff(plan) ? 0 : plan.memoryStartupBytes,
});
