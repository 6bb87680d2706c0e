/**
 * When the lost host comes back: what it has of the VM is not what runs elsewhere. People have approved
 * that it is shut down where it came up with its host, kept as a copy, and registered no more.
 */

import type { OpenedRestore } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import type { StepActs, StepContext } from '../step.ts';

export const retireLost: StepActs<OpenedRestore> = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { host, kept } = ports;
    const { vm } = opened.plan;
    const { operation } = token;
    const here = await host.vm(vmId);
    if (!here) return {};
    if (here.state !== 'Off') await stop(context);
    await host.setStartAction(vmId, 'Nothing', token);
    await host.stopTracking(vmId, token);
    const disks = (await host.vm(vmId))?.disks.map(({ id, path }) => ({ disk: id, path })) ?? [];
    const definition = await host.exportDefinition(vmId);
    const keptUntil = await kept.leave({ vm, operation, round: -1, disks, definition });
    await host.unregister(vmId, token);
    return { keptUntil };
  },
};

async function stop({ opened, vmId, token, ports }: StepContext<OpenedRestore>): Promise<void> {
  const { vm, source, target } = opened.plan;
  const facts = { vm: vm.name, host: source, target, operation: token.operation };
  const stopped = await ports.host.stop(vmId, ports.timing.stopTimeoutSeconds, token);
  // Never forced: people must hear of it at once.
  if (stopped === 'will not stop') throw new Problem('lost-source-runs', facts);
}
