/** `ferry lab` as a process of its own, in a folder of its own, as a person runs it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestProcesses } from '../../src/hosts/lab/processes.ts';

const root = join(import.meta.dirname, '../..');

/** Exit code and everything printed, and how many guests were left behind. */
export async function lab(
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-lab-'));
  try {
    const child = spawn(process.execPath, ['src/cli.ts', 'lab', '--dir', directory, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    await once(child, 'close');
    const left = await guestProcesses(directory);
    return { code: child.exitCode, output: `${output}${left.length} guests left\n` };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** On a slow machine that does other things as well. */
export const RUN_MILLISECONDS_MAX = 240_000;
