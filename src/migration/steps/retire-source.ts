/** The source keeps its disks for a while as a copy; the VM is registered there no more. */

import type { StepActs } from '../step.ts';

export const retireSource: StepActs = {
  async run({ vmId, token, ports }) {
    await ports.stream.withdraw(token.operation);
    if (!(await ports.host.vm(vmId))) return {};
    await ports.host.stopTracking(vmId, token);
    await ports.host.unregister(vmId, token);
    return {};
  },
};
