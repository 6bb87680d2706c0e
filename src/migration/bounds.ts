/** The numbers that people approve with a plan, and what of them is exceeded by what was measured. */

import type { Plan } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';

/** Measured or worked out from measurements; what is absent exceeds nothing. */
export interface Measured {
  /** From stop to heartbeat, as it would be now. */
  readonly pauseSeconds?: number;
  /** The copy fully grown, with the largest round that was staged beside it. */
  readonly bytesOnTarget?: number;
  /** In which the hosts were at work, without the time in which people were waited for. */
  readonly secondsAtWork?: number;
}

/** The first bound that is exceeded: no approval of this plan can mend it. */
export function beyondPlan(plan: Plan, measured: Measured): ProblemRecord | undefined {
  const vm = plan.vm.name;
  const { pauseSeconds = 0, bytesOnTarget = 0, secondsAtWork = 0 } = measured;
  const { pauseSecondsMax, bytesOnTargetMax, secondsMax } = plan;
  if (pauseSeconds > pauseSecondsMax) {
    const seconds = Math.ceil(pauseSeconds);
    return { code: 'pause-beyond-plan', facts: { vm, seconds, secondsMax: pauseSecondsMax } };
  }
  if (bytesOnTarget > bytesOnTargetMax) {
    const facts = { vm, host: plan.target, bytes: bytesOnTarget, bytesMax: bytesOnTargetMax };
    return { code: 'bytes-beyond-plan', facts };
  }
  if (secondsAtWork > secondsMax) {
    const seconds = Math.ceil(secondsAtWork);
    return { code: 'duration-beyond-plan', facts: { vm, seconds, secondsMax } };
  }
  return undefined;
}
