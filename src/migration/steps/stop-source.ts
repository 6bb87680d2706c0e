/** A clean shutdown, asked of the guest; never forced. */

import { Problem } from '../../domain/problem.ts';
import { AskAgain, type StepActs } from '../step.ts';

export const stopSource: StepActs = {
  async run({ opened, vmId, token, ports }) {
    const notes = await ports.notebook.read(token.operation);
    const seconds = ports.timing.stopTimeoutSeconds;
    const vm = opened.plan.vm.name;
    const result = await ports.host.stop(vmId, seconds, token);
    if (result === 'will not stop') throw new Problem('guest-will-not-stop', { vm, seconds });
    if (result === 'was off' && !notes.stoppedByUs) {
      throw new AskAgain('vm-went-off', { vm, host: opened.plan.source });
    }
    await ports.notebook.write(token.operation, { ...notes, stoppedByUs: true });
    return {};
  },
  async undo({ opened, vmId, token, ports }) {
    const notes = await ports.notebook.read(token.operation);
    await ports.notebook.write(token.operation, { ...notes, stoppedByUs: false });
    const result = await ports.host.start(vmId, token);
    const { vm, source } = opened.plan;
    if (result === 'never ran') throw new Problem('start-failed', { vm: vm.name, host: source });
    return {};
  },
};
