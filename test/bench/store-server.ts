/** Stores that the bench starts, kills and starts again; and the one that STORE_URL names. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../src/domain/problem.ts';
import { freePort } from '../../src/lab/free-port.ts';
import { openStore } from '../../src/store/open.ts';
import { startStoreProcess } from '../store/server.ts';

const READY_SECONDS_MAX = 30;
const LOOK_MS = 50;
const PRIVATE = ['--bind', '127.0.0.1', '--save', ''];
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];
const KEEPING = ['--maxmemory-policy', 'noeviction'];

export interface Server {
  readonly name: string;
  readonly url: string;
  /** SIGKILL; absent for a store that is not ours to kill. */
  kill?(): Promise<void>;
  /** Resolves when it takes appends again. */
  restart?(): Promise<void>;
  stop(): Promise<void>;
}

/** Each is started when its turn comes. */
export function servers(directory: string): (() => Promise<Server>)[] {
  const redis = pathOf('redis-server');
  const url = process.env.STORE_URL;
  return [
    embedded,
    ...(redis ? [() => ownRedis(redis, directory)] : []),
    ...(url ? [async () => ({ name: 'STORE_URL', url, stop: async () => undefined })] : []),
  ];
}

async function embedded(): Promise<Server> {
  const running = await startStoreProcess();
  return {
    name: 'embedded',
    url: running.url,
    kill: () => running.kill(),
    restart: () => running.restart(),
    stop: () => running.stop(),
  };
}

async function ownRedis(program: string, directory: string): Promise<Server> {
  const folder = await mkdtemp(join(directory, 'ferry-bench-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = ['--port', `${port}`, '--dir', folder, ...PRIVATE, ...DURABLE, ...KEEPING];
  let child: ChildProcess;
  const end = async (): Promise<void> => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  const start = async (): Promise<void> => {
    child = spawn(program, args, { stdio: 'ignore' });
    await untilOpen(url);
  };
  await start();
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  return {
    name: 'redis',
    url,
    kill: end,
    restart: start,
    async stop() {
      process.off('exit', onExit);
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** While it loads, Redis refuses what it is asked. */
async function untilOpen(url: string): Promise<void> {
  const until = Date.now() + READY_SECONDS_MAX * 1000;
  for (;;) {
    try {
      await using store = await openStore(url);
      await store.journal.now();
      return;
    } catch (error) {
      if (!(error instanceof Problem) || Date.now() > until) throw error;
      await pause(LOOK_MS);
    }
  }
}

function pathOf(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        // Not in this folder; the next one may have it.
        return false;
      }
    });
}
