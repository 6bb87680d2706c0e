/** How many processors of this machine have nothing to do. */

import { availableParallelism, cpus } from 'node:os';

/** Each call tells it of the time since the last one. */
export function freeProcessors(): () => number {
  let before = timesOf();
  return () => {
    const now = timesOf();
    const share = (now.idle - before.idle) / (now.all - before.all);
    before = now;
    // No time has passed, or the operating system does not say.
    return Number.isFinite(share) ? share * availableParallelism() : 0;
  };
}

/** Milliseconds of all processors since the machine began. */
function timesOf(): { idle: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, one) => sum + one.idle, 0);
  const busy = times.reduce((sum, { user, sys, nice, irq }) => sum + user + sys + nice + irq, 0);
  return { idle, all: idle + busy };
}
