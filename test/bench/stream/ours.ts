/** `ferry stream send` and `stream receive` as contenders: both processes from start to exit. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Report } from '../../../src/cli/stream/report.ts';
import type { Contender, Place, Result } from './contenders.ts';

const CLI = join(import.meta.dirname, '../../../src/cli.js');

export interface Ours extends Result {
  readonly sides: Readonly<Record<'send' | 'receive', Report>>;
}

export interface OurContender extends Contender {
  run(place: Place): Promise<Ours>;
}

export interface How {
  readonly plain?: boolean;
  /** More options of `stream send`. */
  readonly options?: readonly string[];
  readonly profileDirectory?: string | undefined;
}

export const ferry = (
  name: string,
  { plain = false, options = [], profileDirectory }: How = {},
): OurContender => ({
  name,
  needs: [],
  async run({ vhdx, directory }) {
    await rm(`${vhdx}.ferry-stream`, { recursive: true, force: true });
    const how = plain ? ['--plain'] : [];
    const profiled = (side: string): string[] =>
      profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${join(profileDirectory, side)}`] : [];
    const startedAt = performance.now();
    const sender = start(profiled('send'), [
      'send',
      vhdx,
      '--listen',
      '127.0.0.1:0',
      '--once',
      ...how,
      ...options,
    ]);
    const { address, fingerprint, ticket } = JSON.parse(await sender.next());
    const into = join(directory, 'into');
    await mkdir(into);
    const dial = ['receive', '--from', address, '--fingerprint', fingerprint, '--into', into];
    const receiver = start(profiled('receive'), [...dial, ...how], ticket);
    const receive = JSON.parse(await receiver.next()) as Report & { readonly file: string };
    const send = JSON.parse(await sender.next()) as Report;
    await Promise.all([sender.exited, receiver.exited]);
    const seconds = (performance.now() - startedAt) / 1000;
    if (!send.verified || !receive.verified) throw new Error('It was not verified');
    const cpuSeconds = send.cpuSeconds + receive.cpuSeconds;
    return { seconds, cpuSeconds, file: receive.file, sides: { send, receive } };
  },
});

interface Side {
  /** Its next line. */
  next(): Promise<string>;
  readonly exited: Promise<void>;
}

function start(flags: readonly string[], args: readonly string[], ticket = ''): Side {
  const options = ['--disable-warning=ExperimentalWarning', ...flags, CLI, 'stream', ...args];
  const child: ChildProcess = spawn(process.execPath, options, {
    env: { ...process.env, FERRY_TICKET: ticket },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('No stdout');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`stream ${args[0]} ended with ${code}`);
  });
  // Heard where it is awaited.
  exited.catch(() => undefined);
  return {
    exited,
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`stream ${args[0]} says nothing more`);
      return value;
    },
  };
}
