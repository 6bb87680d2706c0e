/** Freezes all disks together for the first time; from here on the chain tells what changes. */

import type { OpenedCopying } from '../../domain/journal.ts';
import { staysOff } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import type { FrozenRound } from '../../domain/round.ts';
import { refuseLowSpace } from '../space.ts';
import type { StepActs, StepContext } from '../step.ts';

export const trackChanges: StepActs<OpenedCopying> = {
  async run(context) {
    const { opened, token, ports } = context;
    const round = staysOff(opened.plan) ? await disksOf(context) : await firstRound(context);
    const { ticketHash } = await ports.stream.offer(token.operation, round);
    return { ticketHash, disks: round.disks.length };
  },
  /** Merges until the chain is as it was; only then is the source as before. */
  async undo({ vmId, token, ports }) {
    await ports.stream.withdraw(token.operation);
    await ports.host.stopTracking(vmId, token);
    return {};
  },
};

async function firstRound(context: StepContext<OpenedCopying>): Promise<FrozenRound> {
  await refuseLowSpace(context);
  return await context.ports.host.openRound(context.vmId, 0, context.token);
}

/** Nothing of a VM that is off changes, and nothing is read yet: the offer alone needs its disks. */
async function disksOf({ opened: { plan }, vmId, token, ports }: StepContext<OpenedCopying>) {
  const facts = { vm: plan.vm.name, host: plan.source };
  const vm = await ports.host.vm(vmId);
  if (!vm) throw new Problem('vm-gone', { ...facts, operation: token.operation });
  if (vm.state !== 'Off') throw new Problem('off-vm-started', facts);
  const disks = vm.disks.map(({ id, path, virtualBytes }) => {
    return { disk: id, virtualBytes, file: { path, linkage: '' } };
  });
  return { number: 0, disks };
}
