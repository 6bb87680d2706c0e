/** Round 0: everything that is allocated, straight into the copy's files. */

import type { OpenedCopying } from '../../domain/journal.ts';
import { staysOff } from '../../domain/plan.ts';
import { noteRound, sendRound } from '../rounds.ts';
import type { StepActs } from '../step.ts';

export const copyWholeDisks: StepActs<OpenedCopying> = {
  async run(context) {
    const { opened, ports, vmId, token } = context;
    // Its only round is the last one: until the fence stands, anybody may start it.
    if (staysOff(opened.plan)) return {};
    const round = await ports.host.openRound(vmId, 0, token);
    const frozenAt = ports.now();
    const notes = await ports.notebook.read(token.operation);
    const sent = await sendRound(context, round, notes);
    await noteRound(context, round, { ...sent, frozenAt });
    return { bytesRead: sent.bytesRead, bytesSent: sent.bytesSent, seconds: sent.seconds };
  },
};
