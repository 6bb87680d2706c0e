/** Automatic start goes off while the VM still runs: a reboot of its host cannot start it. */

import { staysOff } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import type { StepActs } from '../step.ts';

export const forbidSourceStart: StepActs = {
  async run({ vmId, token, ports }) {
    await ports.host.setStartAction(vmId, 'Nothing', token);
    return {};
  },
  /** A reboot in between left the VM off: where it ran before, it runs again. */
  async undo({ opened, vmId, token, ports }) {
    await ports.host.setStartAction(vmId, opened.plan.startAction, token);
    if (staysOff(opened.plan)) return {};
    const result = await ports.host.start(vmId, token);
    const { vm, source } = opened.plan;
    if (result !== 'ran')
      throw new Problem('start-failed', { vm: vm.name, host: source, ...result });
    return {};
  },
};
