/** Network off and leaf renamed: from here on nobody can start the VM at the source. */

import { Problem } from '../../domain/problem.ts';
import { foreignCheckpoints } from '../../domain/vm.ts';
import { intentOf, storeUnchangedSince } from '../intent.ts';
import type { StepActs, StepContext } from '../step.ts';

export const fenceSource: StepActs = {
  async run({ opened, vmId, token, ports }) {
    const vm = await ports.host.vm(vmId);
    const { name } = opened.plan.vm;
    const host = opened.plan.source;
    if (!vm) throw new Problem('vm-gone', { vm: name, host, operation: token.operation });
    if (vm.state !== 'Off') throw new Problem('source-was-started', { vm: name, host });
    if (vm.merging) throw new Problem('merge-not-ended', { vm: name, host });
    const checkpoints = foreignCheckpoints(vm);
    if (checkpoints.length > 0) {
      throw new Problem('foreign-checkpoint', { vm: vm.name, host, checkpoints });
    }
    await ports.host.fence(vmId, token);
    return { store: await ports.journal.identity() };
  },
  /** Could the target start the VM, or has it? It says so itself before the fence falls. */
  async undo(context) {
    await askTarget(context);
    await context.ports.host.unfence(context.vmId, context.token);
    return {};
  },
};

async function askTarget(context: StepContext): Promise<void> {
  const { opened, entries, ports } = context;
  const { operation } = context.token;
  const { vm, target } = opened.plan;
  try {
    const answer = await ports.peer(opened).tell(intentOf(context, 'take back at source'));
    const runs = answer.vm === 'running' || answer.vm === 'off, free';
    if (runs || answer.startSeen) {
      throw new Problem('target-may-run', { vm: vm.name, host: target });
    }
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'peer-unreachable') throw error;
    // Only this side writes that the fence is done, and without it the target never starts.
    if (!entries.some(({ body }) => body.kind === 'done' && body.step === 'fenceSource')) return;
    if (await storeUnchangedSince(context, 'fenceSource')) return;
    throw new Problem('target-silent', { vm: vm.name, host: target, operation }, { cause: error });
  }
}
