/** The VM shows at the target what it showed before; then its start action comes back. */

import type { OpenedStarting } from '../../domain/journal.ts';
import { staysOff } from '../../domain/plan.ts';
import { type Facts, Problem } from '../../domain/problem.ts';
import { ADDRESS_SECONDS_MAX, notShown, shownBefore } from '../shown.ts';
import type { StepActs, StepContext } from '../step.ts';

const POLL_SECONDS = 0.2;

export const confirmTarget: StepActs<OpenedStarting> = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { host } = ports;
    const { vm, target } = opened.plan;
    let missing: Facts = {};
    if (staysOff(opened.plan)) {
      // Started here by somebody meanwhile is as good: what it shows is that person's to see.
      const facts = { vm: vm.name, host: target, operation: token.operation };
      if (!(await host.vm(vmId))) throw new Problem('vm-gone', facts);
    } else {
      // Off by a reboot of this host meanwhile: its home is here, and only here.
      await waitForHeartbeat(context, () => host.start(vmId, token));
      missing = await waitForAddresses(context);
    }
    await ports.host.setStartAction(vmId, opened.plan.startAction, token);
    await ports.copies.handedToVm(token.operation);
    await ports.reservations.release(token.operation);
    return missing;
  },
};

/** Which addresses it does not show after all, and how long they were waited for. */
async function waitForAddresses({
  entries,
  vmId,
  ports,
  signal,
}: StepContext<OpenedStarting>): Promise<Facts> {
  const before = shownBefore(entries);
  for (let waited = 0; ; waited += POLL_SECONDS) {
    const vm = await ports.host.vm(vmId);
    const addressesMissing = vm === undefined ? [] : notShown(before, vm);
    if (addressesMissing.length === 0) return { addressSeconds: waited };
    if (waited >= ADDRESS_SECONDS_MAX) return { addressSeconds: waited, addressesMissing };
    await ports.sleep(POLL_SECONDS, signal);
  }
}

/**
 * A guest that had no heartbeat at the source has none here: that it runs is all there is to see.
 * @throws {Problem} no-heartbeat, and what `whenOff` throws of a VM that is off
 */
export async function waitForHeartbeat(
  context: StepContext<OpenedStarting>,
  whenOff: () => Promise<unknown>,
): Promise<void> {
  const { opened, entries, vmId, ports, signal } = context;
  const { heartbeat } = shownBefore(entries);
  const { vm, target } = opened.plan;
  const secondsMax = ports.timing.confirmTimeoutSeconds;
  for (let waited = 0; ; waited += POLL_SECONDS) {
    const now = await ports.host.vm(vmId);
    if (now?.state === 'Running' && (now.guest?.heartbeat || !heartbeat)) return;
    if (now?.state === 'Off') await whenOff();
    if (waited >= secondsMax) {
      throw new Problem('no-heartbeat', { vm: vm.name, host: target, seconds: secondsMax });
    }
    await ports.sleep(POLL_SECONDS, signal);
  }
}
