/** BullMQ on Redis and on PostgreSQL (also the embedded store), as far as our queues need it. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  createPostgresBackend,
  type JobsOptions,
  Queue,
  runMigrations,
  Worker,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { Problem } from '../src/domain/problem.ts';

export interface BullJob {
  readonly id?: string | undefined;
  readonly finishedOn?: number | undefined;
  readonly failedReason?: string | undefined;
  readonly returnvalue?: unknown;
  remove(): Promise<void>;
}

/** What queues and workers have in common. */
export interface BullEnd {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  /** With `force`, a worker does not wait for its jobs, nor for a Redis that is away. */
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<unknown>;
}

export interface BullQueue extends BullEnd {
  add(kind: string, payload: object, options: JobsOptions): Promise<BullJob>;
  getJob(id: string): Promise<BullJob | undefined>;
}

export interface BullWorker extends BullEnd {
  run(): Promise<unknown>;
}

export type BullProcessor = (job: { readonly data: unknown }) => Promise<unknown>;

export interface WorkerOptions {
  /** How many jobs at a time. */
  readonly concurrency: number;
}

export interface Bull {
  queue(name: string): BullQueue;
  /** Does not run yet. */
  worker(name: string, processor: BullProcessor, options: WorkerOptions): BullWorker;
  /** Whether closing must be forced: a worker's proper end would wait for Redis for ever. */
  isAway(): Promise<boolean>;
}

const CALL_SECONDS_MAX = 5;
const CLOSE_SECONDS_MAX = 10;
const CONNECT_MILLISECONDS_MAX = 3000;
/** A worker that lost the store looks again after this; BullMQ alone would wait 15 s. */
const RETRY_MILLISECONDS = 1000;
const RETRY_MILLISECONDS_STEP = 50;
/** Connections of one queue or worker to PostgreSQL, beside the one of a worker that listens. */
const CONNECTIONS_MAX = 3;

/** @param closing once aborted, a lost connection stays lost: else closing would wait for it. */
export async function openBull(
  url: string,
  namespace: string,
  closing: AbortSignal,
): Promise<Bull> {
  if (!/^rediss?:/.test(url)) return onPostgres(url, namespace);
  await greet(url);
  return onRedis(url, namespace, closing);
}

function onRedis(url: string, namespace: string, closing: AbortSignal): Bull {
  const prefix = `${namespace}:jobs`;
  const connection = {
    url,
    connectTimeout: CONNECT_MILLISECONDS_MAX,
    // BullMQ alone would wait up to 20 s.
    retryStrategy: (attempt: number) =>
      closing.aborted ? null : Math.min(attempt * RETRY_MILLISECONDS_STEP, RETRY_MILLISECONDS),
  };
  return {
    isAway: () =>
      greet(url).then(
        () => false,
        () => true,
      ),
    // Who adds a job wants to hear soon that Redis is away; a worker waits for it.
    queue: (name) =>
      new Queue(name, { prefix, connection: { ...connection, maxRetriesPerRequest: 1 } }),
    worker: (name, processor, { concurrency }) =>
      new Worker(name, processor, {
        prefix,
        concurrency,
        autorun: false,
        runRetryDelay: RETRY_MILLISECONDS,
        connection: { ...connection, maxRetriesPerRequest: null },
      }),
  };
}

/** Fails when nobody answers now. */
async function greet(url: string): Promise<void> {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_MILLISECONDS_MAX,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  // Told by the call that fails.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
  } finally {
    redis.disconnect();
  }
}

async function onPostgres(url: string, namespace: string): Promise<Bull> {
  const schema = `${namespace}_jobs`;
  await migrate(url, schema);
  const onPool = withBackend(createPostgresBackend);
  const connection = {
    connectionString: url,
    schema,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MILLISECONDS_MAX,
  };
  return {
    isAway: () => Promise.resolve(false),
    queue: (name) => new onPool.Queue(name, { connection }),
    worker: (name, processor, { concurrency }) =>
      new onPool.Worker(name, processor, {
        connection,
        concurrency,
        autorun: false,
        runRetryDelay: RETRY_MILLISECONDS,
      }),
  };
}

/** BullMQ's own tables; does nothing when they are there. */
async function migrate(url: string, schema: string): Promise<void> {
  const pool = new Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: CONNECT_MILLISECONDS_MAX,
  });
  // Told by the call that fails.
  pool.on('error', () => undefined);
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, schema);
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

export type Reach = <T>(call: () => Promise<T>) => Promise<T>;

/** Payloads are checked before, so that what fails or hangs in BullMQ's calls is the store. */
export function reaching(fullUrl: string): Reach {
  const { protocol, host, pathname } = new URL(fullUrl);
  const url = `${protocol}//${host}${pathname}`;
  return async (call) => {
    try {
      return await within(CALL_SECONDS_MAX, call());
    } catch (cause) {
      throw new Problem('store-unreachable', { url }, { cause });
    }
  };
}

async function within<T>(seconds: number, running: Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: deadline.signal }).then(() => {
    throw new Error(`No answer in ${seconds} s`);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    late.catch(() => undefined);
    deadline.abort();
  }
}

export interface Shutting {
  readonly force: boolean;
  readonly onError: (error: unknown) => void;
}

/** Without the store a proper end may never come. */
export async function shut(end: BullEnd, { force, onError }: Shutting): Promise<void> {
  try {
    await within(CLOSE_SECONDS_MAX, end.close(force));
  } catch (error) {
    onError(error);
    await within(CALL_SECONDS_MAX, end.disconnect()).catch(onError);
  }
}
