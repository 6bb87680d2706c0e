/** What a live move does not carry along is recorded, and a medium that would stop it is ejected. */

import { liveMoveOf } from '../../domain/plan.ts';
import { carriedIn, liveOf } from '../live.ts';
import type { StepActs } from '../step.ts';

export const carryOut: StepActs = {
  async run({ opened: { plan }, token, ports }) {
    const carried = await liveOf(ports, plan).carryOut(liveMoveOf(plan), token);
    return { carried: JSON.stringify(carried) };
  },
  async undo(context) {
    const { opened, vmId, token, ports } = context;
    await ports.host.live?.carryIn(vmId, carriedIn(context), token);
    return { host: opened.plan.source };
  },
};
