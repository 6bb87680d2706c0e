/** The VM shows at the target what it showed before; then its start action comes back. */

import { Problem } from '../../domain/problem.ts';
import type { StepActs } from '../step.ts';

const POLL_SECONDS = 0.2;

export const confirmTarget: StepActs = {
  async run({ opened, vmId, token, ports, signal }) {
    const { vm, target, startAction } = opened.plan;
    const secondsMax = ports.timing.confirmTimeoutSeconds;
    for (let waited = 0; ; waited += POLL_SECONDS) {
      const now = await ports.host.vm(vmId);
      if (now?.state === 'Running' && now.guest?.heartbeat) break;
      // A reboot of this host meanwhile: the VM's home is here, and only here.
      if (now?.state === 'Off') await ports.host.start(vmId, token);
      if (waited >= secondsMax) {
        throw new Problem('no-heartbeat', { vm: vm.name, host: target, seconds: secondsMax });
      }
      await ports.sleep(POLL_SECONDS, signal);
    }
    await ports.host.setStartAction(vmId, startAction, token);
    await ports.copies.handedToVm(token.operation);
    await ports.reservations.release(token.operation);
    return {};
  },
};
