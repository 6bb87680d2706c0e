/** Stopping a guest's process in its tracks, and letting it go on. POSIX only, as the tests are. */

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../../../../src/hosts/lab/control.ts';
import type { Place } from '../../../../src/hosts/lab/layout.ts';

const POLL_MILLISECONDS = 5;
const POLLS_MAX = 2000;

/** Resolves when none of its threads writes any more: what it was writing is written. */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    if (await standsStill(pid)) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`Guest ${pid} does not stand still`);
}

/** Also of one that is gone or was never frozen. */
export function thaw(pid: number): void {
  signal(pid, 'SIGCONT');
}

/** Resolves when its process is gone. */
export async function endFrozen(pid: number, place: Place): Promise<void> {
  signal(pid, 'SIGKILL');
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    if (!(await isRunning(place))) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`Guest ${pid} does not end`);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Every thread is stopped: `T` after the name in parentheses. */
async function standsStill(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const states = await Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2)[0];
    }),
  );
  return states.every((state) => state === 'T');
}
