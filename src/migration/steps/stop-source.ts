/** A clean shutdown, asked of the guest; never forced. */

import { staysOff } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import { AskAgain, type StepActs, type StepContext } from '../step.ts';

export const stopSource: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    if (staysOff(opened.plan)) return await refuseStarted(context);
    const notes = await ports.notebook.read(token.operation);
    // First, so that a crash does not forget that the guest may obey.
    await ports.notebook.write(token.operation, { ...notes, stopAsked: true });
    const seconds = ports.timing.stopTimeoutSeconds;
    const vm = opened.plan.vm.name;
    const result = await ports.host.stop(vmId, seconds, token);
    if (result === 'will not stop') throw new Problem('guest-will-not-stop', { vm, seconds });
    const byUs = result === 'stopped' || notes.stoppedByUs;
    await ports.notebook.write(token.operation, { ...notes, stopAsked: false, stoppedByUs: byUs });
    if (!byUs) throw new AskAgain('vm-went-off', { vm, host: opened.plan.source });
    return {};
  },
  /** A guest that was asked and still runs may go off much later: until then it is watched. */
  async undo({ opened, vmId, token, ports }) {
    if (staysOff(opened.plan)) return {};
    const notes = await ports.notebook.read(token.operation);
    await ports.notebook.write(token.operation, { ...notes, stoppedByUs: false });
    const mayGoOff = notes.stopAsked === true && (await ports.host.vm(vmId))?.state !== 'Off';
    const result = await ports.host.start(vmId, token);
    const { vm, source } = opened.plan;
    if (result !== 'ran')
      throw new Problem('start-failed', { vm: vm.name, host: source, ...result });
    if (!mayGoOff) return {};
    const now = await ports.journal.now();
    return { watchUntil: now + ports.timing.lateStopSeconds * 1000 };
  },
};

/** Nobody stops what was started meanwhile; from here to the fence, the fence itself refuses it. */
async function refuseStarted({ opened: { plan }, vmId, ports }: StepContext) {
  const vm = await ports.host.vm(vmId);
  if (vm && vm.state !== 'Off') {
    throw new AskAgain('off-vm-started', { vm: vm.name, host: plan.source });
  }
  return {};
}
