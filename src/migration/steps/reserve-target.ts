/** Room on the target: disk, startup memory and a slot, counted by every other plan. */

import type { OpenedCopying, OpenedRestore } from '../../domain/journal.ts';
import {
  type CopyingPlan,
  isAlignment,
  isRestore,
  type RestorePlan,
  staysOff,
} from '../../domain/plan.ts';
import type { Reservation } from '../ports.ts';
import type { StepActs } from '../step.ts';

export const reserveTarget: StepActs<OpenedCopying | OpenedRestore> = {
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
export function claimOf(plan: CopyingPlan | RestorePlan, operation: string): Reservation {
  // What lies there already takes its space in any case: of a restore all of it, else what it begins from.
  const bytes = isRestore(plan) ? 0 : Math.max(0, plan.bytesOnTargetMax - (plan.base?.bytes ?? 0));
  const room = { operation, volume: plan.volume, bytes };
  // Nothing starts it: whoever does has to look for the memory. A copy that is kept is no move.
  if (isAlignment(plan)) return { ...room, memoryBytes: 0, slot: false };
  return { ...room, memoryBytes: staysOff(plan) ? 0 : plan.memoryStartupBytes };
}
