/** The VM is at the target, runs, and shows from inside what it showed before. */

import { Problem } from '../../domain/problem.ts';
import type { StepActs } from '../step.ts';
import { waitForHeartbeat } from './confirm-target.ts';

export const confirmMove: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { vm, target } = opened.plan;
    if (!(await ports.host.vm(vmId))) throw new Problem('vm-gone', { vm: vm.name, host: target });
    await waitForHeartbeat(context);
    await ports.reservations.release(token.operation);
    return {};
  },
};
