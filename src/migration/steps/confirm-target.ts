/** The VM shows at the target what it showed before; then its start action comes back. */

import { Problem } from '../../domain/problem.ts';
import type { StepActs, StepContext } from '../step.ts';

const POLL_SECONDS = 0.2;

export const confirmTarget: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { host } = ports;
    // Off by a reboot of this host meanwhile: its home is here, and only here.
    await waitForHeartbeat(context, () => host.start(vmId, token));
    await ports.host.setStartAction(vmId, opened.plan.startAction, token);
    await ports.copies.handedToVm(token.operation);
    await ports.reservations.release(token.operation);
    return {};
  },
};

/** @throws {Problem} no-heartbeat, and what `whenOff` throws of a VM that is off */
export async function waitForHeartbeat(
  context: StepContext,
  whenOff: () => Promise<unknown>,
): Promise<void> {
  const { opened, vmId, ports, signal } = context;
  const { vm, target } = opened.plan;
  const secondsMax = ports.timing.confirmTimeoutSeconds;
  for (let waited = 0; ; waited += POLL_SECONDS) {
    const now = await ports.host.vm(vmId);
    if (now?.state === 'Running' && now.guest?.heartbeat) return;
    if (now?.state === 'Off') await whenOff();
    if (waited >= secondsMax) {
      throw new Problem('no-heartbeat', { vm: vm.name, host: target, seconds: secondsMax });
    }
    await ports.sleep(POLL_SECONDS, signal);
  }
}
