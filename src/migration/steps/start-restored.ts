/** The point of no return: from here on the copy is the VM, and what the lost host has is older than it. */

import type { OpenedRestore } from '../../domain/journal.ts';
import { NeverRan, type StepActs } from '../step.ts';
import { sourceNow } from './make-sure-lost.ts';

export const startRestored: StepActs<OpenedRestore> = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { vm, target } = opened.plan;
    const here = await ports.host.vm(vmId);
    if (here?.state === 'Running') return { found: true };
    const source = await sourceNow(context, 'at once');
    await ports.host.unfence(vmId, token);
    const result = await ports.host.start(vmId, token);
    if (result === 'ran') return { source };
    await ports.host.fence(vmId, token);
    throw new NeverRan('start-failed', { vm: vm.name, host: target, ...result });
  },
};
