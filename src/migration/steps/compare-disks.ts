/** Before anyone is asked: what the target reads back is what the source froze. */

import { staysOff } from '../../domain/plan.ts';
import { Verdict } from '../../domain/problem.ts';
import type { StepActs } from '../step.ts';

export const compareDisks: StepActs = {
  async run({ opened, token, ports }) {
    if (staysOff(opened.plan)) return {};
    const [ours, copy] = await Promise.all([
      ports.stream.digests(token.operation),
      ports.peer(opened).copy(token.operation),
    ]);
    for (const { disk, digest } of ours) {
      const theirs = copy?.disks.find((one) => one.disk === disk)?.digest ?? 'none';
      if (theirs !== digest) throw new Verdict('digests-differ', { disk, digest, theirs });
    }
    return { round: copy?.round ?? -1 };
  },
};
