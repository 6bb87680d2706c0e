/** The copy is this operation's alone: nobody renews it, and nobody deletes it. */

import type { Copy } from '../../domain/copy.ts';
import type { OpenedRestore } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import type { StepActs, StepContext } from '../step.ts';

/** The alignment that was ended for this needs a moment to give the copy back. */
const IN_USE_SECONDS_MAX = 60;

export const holdCopy: StepActs<OpenedRestore> = {
  async run(context) {
    const { round, disks } = await held(context);
    return { round, disks: disks.length };
  },
  /** It stays as it is, for another try. */
  async undo({ token, ports }) {
    await ports.copies.settle(token.operation);
    return {};
  },
};

async function held(context: StepContext<OpenedRestore>): Promise<Copy> {
  const { opened, vmId, token, ports, signal } = context;
  for (let seconds = 0; ; seconds += 1) {
    try {
      return await ports.copies.hold(vmId, opened.plan.copy, token);
    } catch (error) {
      const isInUse = error instanceof Problem && error.code === 'copy-in-use';
      if (!isInUse || seconds >= IN_USE_SECONDS_MAX) throw error;
      await ports.sleep(1, signal);
    }
  }
}
