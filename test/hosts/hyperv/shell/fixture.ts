/** A real PowerShell for the tests of its channel, and scripts whose text stands in the test. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Problem } from '../../../../src/domain/problem.ts';
import { PowerShell } from '../../../../src/hosts/hyperv/shell/powershell.ts';
import type { Call, ShellOptions } from '../../../../src/hosts/hyperv/shell/shell.ts';

/** Generous: the machine may be busy with other suites. */
export const SECONDS = 50;

const script = (name: string): string => join(import.meta.dirname, 'scripts', `${name}.ps1`);
/** Answers with what it is given. */
export const echo = script('echo');
/** Runs the commands in `text`. */
export const commands = script('text');

export const call: Call<Record<string, unknown>> = {
  schema: z.record(z.string(), z.unknown()),
  timeoutSeconds: SECONDS,
};

export const open = (executable: string, more: Partial<ShellOptions> = {}): PowerShell =>
  new PowerShell({ host: 'hv-a', executable, ...more });

/** The problem that a call ended with; one that ends well is an error. */
export async function problemOf(running: Promise<unknown>): Promise<Problem> {
  const outcome = await running.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`ended well: ${JSON.stringify(outcome.value)}`);
}

/** Waits until it is true: only for what surely becomes true. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = SECONDS * 50; left > 0; left -= 1) {
    if (await holds()) return;
    await sleep(20);
  }
  throw new Error(`not true after ${SECONDS} s: ${holds}`);
}

/** What a script writes into a file, once it is there. */
export async function textIn(file: string): Promise<string> {
  let text = '';
  await until(async () => {
    text = await readFile(file, 'utf8').catch(() => '');
    return text !== '';
  });
  return text;
}

export function isRunning(pid: unknown): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

export async function newFolder() {
  const path = await mkdtemp(join(tmpdir(), 'ferry-pwsh-'));
  return {
    path,
    file: (name: string): string => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
