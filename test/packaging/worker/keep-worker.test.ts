/** What keeps a worker running, with real processes; `install.windows.ts` has what the installer makes of it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openRotatingLog } from '../../../src/packaging/service/rotating-log.ts';
import { isRunning, until } from '../../hosts/hyperv/shell/fixture.ts';
import { makePackage } from './package-fixture.ts';

let folder: string;
let keeper: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-keeper-'));
});
afterEach(async () => {
  if (keeper && keeper.exitCode === null && keeper.signalCode === null) {
    const ended = once(keeper, 'exit');
    keeper.kill('SIGKILL');
    await ended;
  }
  keeper = undefined;
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

interface Status {
  readonly state: string;
  readonly worker?: number;
  readonly ends: number;
  readonly code?: string;
}
const status = async (): Promise<Status | undefined> => {
  // Not there yet, or being written.
  const text = await readFile(join(folder, 'run/status.json'), 'utf8').catch(() => '');
  return text.endsWith('\n') ? (JSON.parse(text) as Status) : undefined;
};
const log = () => readFile(join(folder, 'logs/worker.log'), 'utf8');

async function start(broken = false): Promise<void> {
  const version = join(folder, 'versions/1');
  await makePackage(version, { version: '1.0.0', broken });
  await mkdir(join(folder, 'state'));
  const settings = `FERRY_HOST=hv-a\nFERRY_STATE=${join(folder, 'state')}\nFERRY_BOT=b\n`;
  await writeFile(join(folder, 'worker.env'), settings);
  keeper = spawn(process.execPath, [join(version, 'service/keep-worker.ts'), folder], {
    stdio: 'ignore',
  });
  await until(async () => ((await status())?.state ?? 'starting') !== 'starting');
}

it('tells when the worker is ready, and starts it again when it was killed', async () => {
  await start();
  const { worker: first = 0, code } = (await status()) ?? {};
  expect(code).toMatch(/^KEY-/);
  process.kill(first, 'SIGKILL');
  await until(async () => {
    const now = await status();
    return now?.state === 'ready' && now.worker !== first;
  });
  expect(await status()).toMatchObject({ ends: 1, code });
  expect(await log()).toContain('the worker ended (exit code SIGKILL) and is started again in 1 s');
});

it('counts how often a worker ended that cannot start, with what it said in the log', async () => {
  await start(true);
  await until(async () => ((await status())?.ends ?? 0) >= 2);
  expect(await log()).toContain('The store cannot be reached\nStart it.\n');
  expect(await log()).toContain('started again in 2 s');
});

it('asks the worker to end when the stop file appears, and ends after it', async () => {
  await start();
  const { worker } = (await status()) ?? {};
  await writeFile(join(folder, 'run/stop'), '');
  await until(() => keeper?.exitCode === 0);
  expect(await status()).toMatchObject({ state: 'stopped' });
  expect(isRunning(worker)).toBe(false);
  expect(await log()).toContain('ended as asked');
  expect(await readdir(join(folder, 'run'))).toEqual(['status.json']);
});

it('no worker outlives a keeper that was killed', async () => {
  await start();
  const { worker } = (await status()) ?? {};
  keeper?.kill('SIGKILL');
  await until(() => !isRunning(worker));
});

it('the log is bounded: the newest lines are in worker.log, and the oldest file goes', async () => {
  await mkdir(join(folder, 'logs'));
  const rotating = openRotatingLog(join(folder, 'logs'), { bytesMax: 30, filesMax: 3 });
  for (let number = 0; number < 20; number += 1) rotating.line(`line ${number} of it`);
  rotating.close();
  expect((await readdir(join(folder, 'logs'))).sort()).toEqual([
    'worker.1.log',
    'worker.2.log',
    'worker.log',
  ]);
  const read = (name: string) => readFile(join(folder, 'logs', name), 'utf8');
  expect(await log()).toBe('line 18 of it\nline 19 of it\n');
  expect(await read('worker.1.log')).toBe('line 16 of it\nline 17 of it\n');
  expect(await read('worker.2.log')).toBe('line 14 of it\nline 15 of it\n');
});
