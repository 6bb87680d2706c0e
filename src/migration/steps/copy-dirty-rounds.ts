/** Rounds of what changed meanwhile, until the rest fits into the pause that people accept. */

import { staysOff } from '../../domain/plan.ts';
import { sendUntilItFits } from '../rounds.ts';
import type { StepActs } from '../step.ts';

export const copyDirtyRounds: StepActs = {
  run: async (context) => (staysOff(context.opened.plan) ? {} : await sendUntilItFits(context)),
};
