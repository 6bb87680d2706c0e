/** Automatic start goes off while the VM still runs: a reboot of its host cannot start it. */

import type { StepActs } from '../step.ts';

export const forbidSourceStart: StepActs = {
  async run({ vmId, token, ports }) {
    await ports.host.setStartAction(vmId, 'Nothing', token);
    return {};
  },
  /** A reboot in between left the VM off: it ran before, so it runs again. */
  async undo({ opened, vmId, token, ports }) {
    await ports.host.setStartAction(vmId, opened.plan.startAction, token);
    await ports.host.start(vmId, token);
    return {};
  },
};
