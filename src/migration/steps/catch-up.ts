/** Waits for the approval with rounds that keep the copy warm; once approved, until the rest fits. */

import { staysOff } from '../../domain/plan.ts';
import { beyondPlan } from '../bounds.ts';
import { sendNextRound, sendUntilItFits, showing } from '../rounds.ts';
import { AskAgain, type StepActs } from '../step.ts';

export const catchUp: StepActs = {
  /** A guest that writes too much for the approved pause is not stopped: people are asked again. */
  async run(context) {
    if (staysOff(context.opened.plan)) return {};
    const sent = await sendUntilItFits(context);
    const beyond = beyondPlan(context.opened.plan, sent);
    if (beyond) throw new AskAgain(beyond.code, { ...sent, ...beyond.facts });
    return sent;
  },
  async keepWarm(context) {
    const sent = await sendNextRound(context);
    return { ...showing(context, sent), bytesSent: sent.bytesSent };
  },
};
