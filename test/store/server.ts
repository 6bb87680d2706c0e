/** Stores for tests: the embedded one as a process, and ways to reach behind a driver. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { Client } from 'pg';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = path.join(ROOT, 'src/store/embedded/main.ts');
/** A copy of a ready-made database takes a tenth of the time. */
const TEMPLATES = path.join(ROOT, 'node_modules/.cache/ferry-store');

export interface StoreProcess {
  readonly url: string;
  readonly directory: string;
  readonly pid: number;
  /** As a power-cut of the process: SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same directory after `kill`. */
  restart(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

/** The one store of the whole run, which `test/setup` starts: suites keep apart by namespaces. */
export function storeUrl(): string {
  const url = process.env.FERRY_TEST_STORE_URL;
  if (!url) throw new Error('No store runs: test/setup/start-store.ts was left out');
  return url;
}

export async function startStoreProcess(): Promise<StoreProcess> {
  const directory = await mkdtemp(path.join(tmpdir(), 'ferry-store-'));
  let running = await spawnStore(directory);
  // It takes connections before its database is open: on a busy machine a client gave up meanwhile.
  await withPostgres(running.url, (client) => client.query('SELECT 1'));
  return {
    directory,
    get url() {
      return running.url;
    },
    get pid() {
      return running.process.pid ?? 0;
    },
    kill: () => end(running.process, 'SIGKILL'),
    async restart() {
      running = await spawnStore(directory);
    },
    async stop() {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** On whatever is in `directory`, which stays. */
export async function spawnStore(
  directory: string,
  templates = TEMPLATES,
): Promise<{ process: ChildProcess; url: string; stop(): Promise<void> }> {
  const options = ['--dir', directory, '--templates', templates, '--until-stdin-ends'];
  const child = spawn(process.execPath, [MAIN, ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => ['{}']),
  ])) as [string];
  const { url, problem } = JSON.parse(line) as { url?: string; problem?: object };
  if (url === undefined) throw new Error(`The store did not start: ${JSON.stringify(problem)}`);
  return { process: child, url, stop: () => end(child, 'SIGTERM') };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Suites on one server do not see each other. */
export const freshNamespace = (): string => `t_${randomBytes(8).toString('hex')}`;

/** Removes everything of a namespace, queues included. */
export async function dropNamespace(url: string, namespace: string): Promise<void> {
  if (url.startsWith('redis')) {
    await withRedis(url, async (redis) => {
      const keys = await redis.keys(`${namespace}:*`);
      if (keys.length > 0) await redis.del(keys);
    });
    return;
  }
  await withPostgres(url, async (client) => {
    await client.query(`DROP SCHEMA IF EXISTS ${namespace} CASCADE`);
    await client.query(`DROP SCHEMA IF EXISTS ${namespace}_jobs CASCADE`);
  });
}

/** What someone else who can write to the store might do to the last entry of a journal. */
export async function overwriteLastEntry(
  url: string,
  { namespace, operation, text }: { namespace: string; operation: string; text: string },
): Promise<void> {
  if (url.startsWith('redis')) {
    await withRedis(url, (redis) =>
      redis.lset(`${namespace}:journal:${operation}`, -1, `1 ${text}`),
    );
    return;
  }
  await withPostgres(url, (client) =>
    client.query(
      `UPDATE ${namespace}.entries SET entry = $2 WHERE operation = $1
       AND position = (SELECT max(position) FROM ${namespace}.entries WHERE operation = $1)`,
      [operation, text],
    ),
  );
}

async function withRedis(url: string, use: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url);
  try {
    await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function withPostgres(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
