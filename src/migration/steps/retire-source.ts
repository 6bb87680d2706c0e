/** The source keeps its disks for a while as a copy; the VM is registered there no more. */

import type { StepActs } from '../step.ts';

export const retireSource: StepActs = {
  async run({ opened, vmId, token, ports }) {
    const { operation } = token;
    await ports.stream.withdraw(operation);
    if (!(await ports.host.vm(vmId))) return {};
    await ports.host.stopTracking(vmId, token);
    // Merged: each disk is one file, under the name that it had before.
    const disks = (await ports.host.vm(vmId))?.disks.map(({ id, path }) => ({ disk: id, path }));
    const { round } = await ports.notebook.read(operation);
    const definition = await ports.host.exportDefinition(vmId);
    const { vm } = opened.plan;
    const keptUntil = await ports.kept.leave({
      vm,
      operation,
      round,
      disks: disks ?? [],
      definition,
    });
    await ports.host.unregister(vmId, token);
    return { keptUntil };
  },
};
