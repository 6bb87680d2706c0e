/** At the target: the media are back in their drives, and the adapters have what did not travel. */

import { carriedIn, liveOf } from '../live.ts';
import type { StepActs } from '../step.ts';

export const carryIn: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { media, adapters } = await liveOf(ports, opened.plan).carryIn(
      vmId,
      carriedIn(context),
      token,
    );
    // What people must hear at the end.
    return {
      ...(media.length > 0 ? { media } : {}),
      ...(adapters.length > 0 ? { adapters } : {}),
    };
  },
};
