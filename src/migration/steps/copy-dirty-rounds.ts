/** Rounds of what changed meanwhile, until the rest fits into the pause that people accept. */

import { sendUntilItFits } from '../rounds.ts';
import type { StepActs } from '../step.ts';

export const copyDirtyRounds: StepActs = { run: async (context) => await sendUntilItFits(context) };
