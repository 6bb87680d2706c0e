/** At the target: the media are back in their drives, and the adapters have what did not travel. */

import { carriedIn, liveOf } from '../live.ts';
import type { StepActs } from '../step.ts';

export const carryIn: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    await liveOf(ports, opened.plan).carryIn(vmId, carriedIn(context), token);
    return {};
  },
};
