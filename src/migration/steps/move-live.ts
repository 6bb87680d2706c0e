/** The hypervisor moves the VM. Where it is afterwards is looked at, never taken from the job. */

import { liveMoveOf } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import { liveOf } from '../live.ts';
import { NeverRan, type StepActs } from '../step.ts';

export const moveLive: StepActs = {
  async run({ opened: { plan }, token, ports, signal }) {
    const onProgress = ports.showMove.bind(undefined, token.operation);
    const end = await liveOf(ports, plan).move(liveMoveOf(plan), token, { signal, onProgress });
    switch (end.end) {
      case 'moved':
        return {};
      case 'not moved':
        throw new NeverRan(end.why.code, end.why.facts);
      case 'unknown': {
        const { vm, source, target } = plan;
        throw new Problem('move-unknown', { ...end.facts, vm: vm.name, source, target });
      }
    }
  },
};
