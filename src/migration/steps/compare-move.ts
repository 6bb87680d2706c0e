/** The hypervisor's own word on whether it would move the VM: the last check, and the authoritative one. */

import { liveMoveOf } from '../../domain/plan.ts';
import { liveOf } from '../live.ts';
import { AskAgain, type StepActs } from '../step.ts';

const SHOWN_MAX = 5;

export const compareMove: StepActs = {
  async run({ opened: { plan }, ports }) {
    const objections = await liveOf(ports, plan).compare(liveMoveOf(plan));
    if (objections.length === 0) return {};
    const { vm, source, target } = plan;
    const texts = objections.slice(0, SHOWN_MAX).map(({ id, message }) => `${message} (${id})`);
    throw new AskAgain('move-incompatible', { vm: vm.name, source, target, texts });
  },
};
