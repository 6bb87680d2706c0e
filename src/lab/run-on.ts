/** A command as a person types it on one of the lab's hosts. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Problem } from '../domain/problem.ts';
import type { HostName, Lab } from './machine.ts';

/** @throws {Problem} lab-command-failed {command, output} */
export async function runOn(
  lab: Lab,
  who: HostName | 'bot',
  args: readonly string[],
): Promise<string> {
  const cli = fileURLToPath(new URL('../cli.js', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { ...process.env, ...lab.env(who) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  if (child.exitCode === 0) return output;
  throw new Problem('lab-command-failed', { command: args.join(' '), output });
}
