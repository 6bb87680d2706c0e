/** A command as a contender: from its start to its exit, with what it used. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of /proc: `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;
const START_SECONDS_MAX = 20;
const RUN_SECONDS_MAX = 600;

export interface Used {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Runs a script of `sh`, whose own processes' CPU is told by its `times`. */
export async function runScript(script: string): Promise<Used> {
  const startedAt = performance.now();
  const child = spawn('sh', ['-c', `set -e; ${script}; times`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_SECONDS_MAX * 1000,
  });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    texts.out += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    texts.err += bytes.toString();
  });
  await once(child, 'close');
  const seconds = (performance.now() - startedAt) / 1000;
  if (child.exitCode !== 0) throw new Error(`${script}: ${texts.err}`);
  const children = texts.out.trim().split('\n').at(-1) ?? '';
  const spans = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuSeconds = spans.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { seconds, cpuSeconds };
}

/** A server that is up when this resolves; what it used by now, and its end. */
export interface Server extends AsyncDisposable {
  cpuSeconds(): number;
}

export async function startServer(
  command: string,
  args: readonly string[],
  port: number,
): Promise<Server> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  for (let waited = 0; !listens(port); waited += 0.05) {
    if (child.exitCode !== null || waited > START_SECONDS_MAX) {
      child.kill('SIGKILL');
      throw new Error(`${command} does not listen: ${err}`);
    }
    await sleep(50);
  }
  return {
    cpuSeconds: () => cpuSecondsOf(child),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

/** By the kernel's table, so that a server for one client is not used up by a look. */
function listens(port: number): boolean {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .some((line) => line.includes(hex) && / 0A /.test(line)),
  );
}

function cpuSecondsOf({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
