/** Round 0: everything that is allocated, straight into the copy's files. */

import { noteRound, sendRound } from '../rounds.ts';
import type { StepActs } from '../step.ts';

export const copyWholeDisks: StepActs = {
  async run(context) {
    const { ports, vmId, token } = context;
    const round = await ports.host.openRound(vmId, 0, token);
    const notes = await ports.notebook.read(token.operation);
    const sent = await sendRound(context, round, notes);
    await noteRound(context, round, sent);
    return { bytesRead: sent.bytesRead, bytesSent: sent.bytesSent, seconds: sent.seconds };
  },
};
