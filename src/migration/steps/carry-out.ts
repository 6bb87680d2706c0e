/** What a live move does not carry along is recorded, and a medium that would stop it is ejected. */

import { liveMoveOf } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import { carriedIn, liveOf } from '../live.ts';
import type { StepActs } from '../step.ts';

export const carryOut: StepActs = {
  /** And whether it runs: whoever confirms the move looks for the same. */
  async run({ opened: { plan }, vmId, token, ports }) {
    const vm = await ports.host.vm(vmId);
    const carried = await liveOf(ports, plan).carryOut(liveMoveOf(plan), token);
    return { carried: JSON.stringify(carried), state: vm?.state ?? 'Running' };
  },
  async undo(context) {
    const { opened, vmId, token, ports } = context;
    const { vm, source } = opened.plan;
    if (!(await ports.host.vm(vmId))) {
      throw new Problem('vm-gone', { vm: vm.name, host: source, operation: token.operation });
    }
    await ports.host.live?.carryIn(vmId, carriedIn(context), token);
    return { host: source };
  },
};
