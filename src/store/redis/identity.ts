/** Which Redis this is, and since when. */

import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * - `run_id` is new with each start, so also when a backup was loaded, which needs a restart;
 * - `master_replid` is new when a replica was promoted or the data came from another server;
 * - our own id, written once, is gone after FLUSHALL, and another one at another server.
 */
export async function redisIdentity(redis: Redis, namespace: string): Promise<string> {
  const key = `${namespace}:id`;
  await redis.set(key, randomUUID(), 'NX');
  const own = await redis.get(key);
  const server = fieldOf(await redis.info('server'), 'run_id');
  const replication = fieldOf(await redis.info('replication'), 'master_replid');
  return `${server}.${replication}.${own}`;
}

function fieldOf(info: string, name: string): string {
  const value = new RegExp(`^${name}:(\\w+)`, 'm').exec(info)?.[1];
  if (value === undefined) throw new Error(`Redis does not tell its ${name}`);
  return value;
}
