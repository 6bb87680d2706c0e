/** The VM is at the target, and shows from inside what it showed before. */

import { Problem } from '../../domain/problem.ts';
import { ranBefore } from '../live.ts';
import type { StepActs } from '../step.ts';
import { waitForHeartbeat } from './confirm-target.ts';

export const confirmMove: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { operation } = token;
    const facts = { vm: opened.plan.vm.name, host: opened.plan.target };
    if (!(await ports.host.vm(vmId))) throw new Problem('vm-gone', { ...facts, operation });
    if (ranBefore(context)) {
      // A live move stops no VM, so whoever did had a reason: nothing is started.
      await waitForHeartbeat(context, async () => {
        throw new Problem('vm-off-after-move', facts);
      });
    }
    await ports.reservations.release(operation);
    return {};
  },
};
