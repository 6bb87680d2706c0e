/** The copy's files at the target, and the receiver that fills them. */

import type { OpenedCopying } from '../../domain/journal.ts';
import type { StepActs } from '../step.ts';

export const createTargetDisks: StepActs<OpenedCopying> = {
  async run({ opened, token, ports, signal }) {
    const session = await ports.peer(opened).session(token.operation);
    await ports.copies.create(opened, session, token, signal);
    return { disks: session.disks.length };
  },
  /** A committed copy is kept for another try; only what is uncommitted goes. */
  async undo({ token, ports }) {
    await ports.copies.settle(token.operation);
    return {};
  },
};
