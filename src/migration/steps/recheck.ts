/** Right before the cutover: is everything still as people approved it? */

import type { Finding } from '../../domain/finding.ts';
import { staysOff, switchesOf } from '../../domain/plan.ts';
import {
  configurationFingerprint,
  foreignCheckpoints,
  otherDisks,
  type VmFacts,
} from '../../domain/vm.ts';
import { beyondPlan } from '../bounds.ts';
import { beganAt } from '../gate.ts';
import { secondsAtWork } from '../rest.ts';
import { shownBy, shownFacts } from '../shown.ts';
import { AskAgain, type StepActs, type StepContext, TurnBack } from '../step.ts';

export const recheck: StepActs = {
  async run(context) {
    const { opened, vmId, ports } = context;
    const { plan } = opened;
    const { operation } = context.token;
    const [vm, source, target] = await Promise.all([
      ports.host.vm(vmId),
      ports.host.facts(),
      ports.peer(opened).facts(),
    ]);
    if (!vm) throw new AskAgain('vm-gone', { vm: plan.vm.name, host: plan.source, operation });
    refuseOtherVm(context, vm);
    refuseOtherState(context, vm);
    const there = { ...target, vmVolume: plan.volume };
    const subject = { vm, source, target: there, switches: switchesOf(plan) };
    refuseFindings(context, await ports.recheck(subject, plan.method));
    await refuseTooLate(context);
    return shownFacts(shownBy(vm));
  },
};

function refuseOtherVm({ opened: { plan } }: StepContext, vm: VmFacts): void {
  // The copy was made for those that people approved, and no other plan may change that.
  const disks = otherDisks(plan.disks, vm.disks);
  if (plan.method === 'stream' && disks.length > 0) {
    throw new TurnBack('disks-changed', { vm: vm.name, host: plan.source, disks });
  }
  if (configurationFingerprint(vm) !== plan.configuration) {
    throw new AskAgain('vm-reconfigured', { vm: vm.name });
  }
  // The hypervisor takes them along; our own rounds would be mixed up with them.
  const checkpoints = plan.method === 'live' ? [] : foreignCheckpoints(vm);
  if (checkpoints.length > 0) {
    throw new AskAgain('foreign-checkpoint', { vm: vm.name, host: plan.source, checkpoints });
  }
}

/** A VM that runs is moved in another way than one that is off, and people approved one of the two. */
function refuseOtherState({ opened: { plan } }: StepContext, vm: VmFacts): void {
  if (plan.method !== 'stream') return;
  const facts = { vm: vm.name, host: plan.source };
  const isOff = vm.state === 'Off';
  if (staysOff(plan) && !isOff) throw new AskAgain('off-vm-started', facts);
  if (!staysOff(plan) && isOff) throw new AskAgain('running-vm-off', facts);
}

/** People accepted the warnings that they were shown, and no others. */
function refuseFindings({ opened: { plan } }: StepContext, findings: readonly Finding[]): void {
  const blocker = findings.find((finding) => finding.severity === 'blocker');
  if (blocker) throw new AskAgain(blocker.code, blocker.facts);
  const codes = findings
    .filter(({ severity }) => severity !== 'ok')
    .map(({ code }) => code)
    .filter((code) => !plan.acknowledged.includes(code));
  if (codes.length > 0) throw new AskAgain('new-warnings', { vm: plan.vm.name, codes });
}

async function refuseTooLate({ opened, state, entries, ports }: StepContext): Promise<void> {
  const now = await ports.journal.now();
  const seconds = secondsAtWork(state, beganAt(entries, now), now);
  const beyond = beyondPlan(opened.plan, { secondsAtWork: seconds });
  if (beyond) throw new AskAgain(beyond.code, beyond.facts);
}
