/** Automatic start goes off while the VM still runs: a reboot of its host cannot start it. */

import { Problem } from '../../domain/problem.ts';
import type { StepActs } from '../step.ts';

export const forbidSourceStart: StepActs = {
  async run({ vmId, token, ports }) {
    await ports.host.setStartAction(vmId, 'Nothing', token);
    return {};
  },
  /** A reboot in between left the VM off: it ran before, so it runs again. */
  async undo({ opened, vmId, token, ports }) {
    await ports.host.setStartAction(vmId, opened.plan.startAction, token);
    const result = await ports.host.start(vmId, token);
    const { vm, source } = opened.plan;
    if (result === 'never ran') throw new Problem('start-failed', { vm: vm.name, host: source });
    return {};
  },
};
