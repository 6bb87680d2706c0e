/** Waits for the approval with rounds that keep the copy warm; once approved, one more. */

import { sendNextRound } from '../rounds.ts';
import type { Act, StepActs } from '../step.ts';

const round: Act = async (context) => {
  const { number, bytesSent, seconds } = await sendNextRound(context);
  return { round: number, bytesSent, seconds };
};

export const catchUp: StepActs = { run: round, keepWarm: round };
