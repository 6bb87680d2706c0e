/** The hypervisor moves the VM. Where it is afterwards is looked at, never taken from the job. */

import type { LiveEnd } from '../../domain/live.ts';
import { liveMoveOf } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import { liveOf } from '../live.ts';
import { NeverRan, type StepActs, type StepContext } from '../step.ts';

export const moveLive: StepActs = {
  async run(context) {
    const { plan } = context.opened;
    const end = await moved(context);
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

/** People cancel a move; a worker that ends leaves it alone, and the next one finds it running. */
async function moved({ opened, token, ports, signal, wantedBack }: StepContext): Promise<LiveEnd> {
  const left = Promise.withResolvers<never>();
  const leave = (): void => {
    if (!wantedBack.aborted) left.reject(signal.reason);
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  const { plan } = opened;
  const onProgress = ports.showMove.bind(undefined, token.operation);
  const watch = { signal: wantedBack, onProgress };
  const moving = liveOf(ports, plan).move(liveMoveOf(plan), token, watch);
  // Once it is left, nobody is here to hear how it ended.
  moving.catch(() => undefined);
  try {
    return await Promise.race([moving, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
