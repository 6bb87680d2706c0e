/** `ferry lab` as a process of its own, in a folder of its own, as a person runs it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestProcesses } from '../../src/hosts/lab/processes.ts';
import { ferry } from '../cli/ferry.ts';

/** Exit code and everything printed, and how many guests were left behind. */
export async function lab(
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-lab-'));
  try {
    const { code, out, err } = await ferry(['lab', '--dir', directory, ...args]);
    const left = await guestProcesses(directory);
    return { code, output: `${out}${err}${left.length} guests left\n` };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** On a slow machine that does other things as well. */
export const RUN_MILLISECONDS_MAX = 240_000;
