/** The copy is this operation's alone: nobody renews it, and nobody deletes it. */

import type { OpenedRestore } from '../../domain/journal.ts';
import type { StepActs } from '../step.ts';

export const holdCopy: StepActs<OpenedRestore> = {
  async run({ opened: { plan }, vmId, token, ports }) {
    const { round, disks } = await ports.copies.hold(vmId, plan.copy, token);
    return { round, disks: disks.length };
  },
  /** It stays as it is, for another try. */
  async undo({ token, ports }) {
    await ports.copies.settle(token.operation);
    return {};
  },
};
