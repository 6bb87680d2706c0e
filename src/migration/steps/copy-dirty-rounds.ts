/** Rounds of what changed meanwhile, until the rest fits into the pause that people accept. */

import { afterRound, type RoundSent } from '../../domain/round.ts';
import { sendNextRound } from '../rounds.ts';
import type { StepActs } from '../step.ts';

/** Each round should be much smaller than the one before; this many that are not is hopeless. */
const ROUNDS_MAX = 10;

export const copyDirtyRounds: StepActs = {
  async run(context) {
    const { opened, ports, signal } = context;
    const limits = {
      roundsMax: ROUNDS_MAX,
      pauseSecondsMax: opened.plan.pauseSecondsMax,
      stopAndStartSeconds: ports.timing.stopAndStartSeconds,
    };
    let before: RoundSent | undefined;
    let bytesSent = 0;
    for (;;) {
      signal.throwIfAborted();
      const sent = await sendNextRound(context);
      bytesSent += sent.bytesSent;
      const move = afterRound(sent, before, limits);
      if (move !== 'another round') {
        const { number, seconds } = sent;
        return { round: number, bytesSent, seconds, converges: move === 'ask for cutover' };
      }
      before = sent;
    }
  },
};
