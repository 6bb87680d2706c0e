/**
 * One round of an alignment: what has changed since the one before, committed at the target, and with it
 * the VM's definition. It runs again and again; what fails is tried again when the next round is due.
 */

import type { OpenedAlignment } from '../../domain/journal.ts';
import { aboutOf, otherDisks, type VmFacts } from '../../domain/vm.ts';
import { sendNextRound } from '../rounds.ts';
import { type StepActs, type StepContext, TurnBack } from '../step.ts';

export const keepAligned: StepActs<OpenedAlignment> = {
  async run(context) {
    const { opened, token, ports, vmId } = context;
    const vm = await sameVm(context);
    const { number, bytesRead, bytesSent, seconds } = await sendNextRound(context);
    const definition = await ports.host.exportDefinition(vmId);
    await ports.peer(opened).handOver(token.operation, { ...definition, about: aboutOf(vm) });
    return { round: number, bytesRead, bytesSent, seconds };
  },
};

/** Waiting mends neither: the VM is elsewhere, or has other disks than the copy. */
async function sameVm({
  opened: { plan },
  vmId,
  token,
  ports,
}: StepContext<OpenedAlignment>): Promise<VmFacts> {
  const facts = { vm: plan.vm.name, host: plan.source, operation: token.operation };
  const vm = await ports.host.vm(vmId);
  if (!vm) throw new TurnBack('vm-gone', facts);
  const disks = otherDisks(plan.disks, vm.disks);
  if (disks.length > 0) throw new TurnBack('aligned-disks-changed', { ...facts, disks });
  return vm;
}
