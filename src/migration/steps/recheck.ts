/** Right before the cutover: is everything still as people approved it? */

import { configurationFingerprint, foreignCheckpoints } from '../../domain/vm.ts';
import { AskAgain, type StepActs } from '../step.ts';

export const recheck: StepActs = {
  async run({ opened, vmId, ports }) {
    const [vm, source, target] = await Promise.all([
      ports.host.vm(vmId),
      ports.host.facts(),
      ports.peer(opened).facts(),
    ]);
    if (!vm) throw new AskAgain('vm-gone', { vm: opened.plan.vm.name, host: opened.plan.source });
    if (configurationFingerprint(vm) !== opened.plan.configuration) {
      throw new AskAgain('vm-reconfigured', { vm: vm.name });
    }
    const checkpoints = foreignCheckpoints(vm);
    if (checkpoints.length > 0) {
      throw new AskAgain('foreign-checkpoint', {
        vm: vm.name,
        host: opened.plan.source,
        checkpoints,
      });
    }
    const blocker = ports
      .recheck({ vm, source, target })
      .find((finding) => finding.severity === 'blocker');
    if (blocker) throw new AskAgain(blocker.code, blocker.facts);
    return {};
  },
};
