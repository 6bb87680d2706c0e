/** The command line as people use it: a process of its own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../src/cli.js');
/** What a developer's own shell sets must not help. */
const OURS = /^(STORE_URL|LOG_LEVEL|LOCALE|FERRY_|SLACK_)/;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export const ferry = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  startFerry(args, env).ended;

export interface Started {
  /** Resolves with what it prints first. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

export function startFerry(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const clean = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args], {
    env: { ...Object.fromEntries(clean), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  const { promise: firstLine, resolve, reject } = Promise.withResolvers<string>();
  child.stdout.on('data', (chunk: Buffer) => {
    texts.out += chunk.toString();
    const [line = '', ...more] = texts.out.split('\n');
    if (more.length > 0) resolve(line);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    texts.err += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]): Ended => {
    reject(new Error(texts.err));
    return { code: code as number | null, ...texts };
  });
  // Not everyone waits for a line.
  firstLine.catch(() => undefined);
  return { firstLine, ended, kill: (signal) => child.kill(signal) };
}
