/** The VM's definition at the target: same Id, automatic start off, fenced here too. */

import type { OpenedStarting } from '../../domain/journal.ts';
import { Problem, Verdict } from '../../domain/problem.ts';
import type { StepActs } from '../step.ts';

export const registerTarget: StepActs<OpenedStarting> = {
  async run({ opened, token, ports }) {
    const { vm, target } = opened.plan;
    const definition = await ports.copies.definition(token.operation);
    if (!definition) throw new Verdict('definition-missing', { vm: vm.name, host: target });
    const disks = await ports.copies.disks(token.operation);
    await ports.host.register(definition, { disks, networks: opened.plan.networks }, token);
    return {};
  },
  /** A returning host's first act: what it holds may be older than what runs elsewhere. */
  async undo({ opened, vmId, token, ports }) {
    const vm = await ports.host.vm(vmId);
    const { target } = opened.plan;
    if (vm?.state === 'Running') throw new Problem('target-runs', { vm: vm.name, host: target });
    await ports.host.unregister(vmId, token);
    return {};
  },
};
