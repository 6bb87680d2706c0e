/** The command line as people use it: a process of its own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
/** Half of a start is compiling. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/ferry-test');
/** What a developer's own shell sets must not help. */
const OURS = /^(STORE_URL|LOG_LEVEL|LOCALE|FERRY_|SLACK_)/;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export async function ferry(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const clean = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args], {
    env: { NODE_COMPILE_CACHE: CACHE, ...Object.fromEntries(clean), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    texts.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    texts.err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}
