/** Opens the store on Redis, if that Redis keeps what it acknowledges. */

import { Problem } from '../../domain/problem.ts';
import type { StoreAddress } from '../open.ts';
import type { Store } from '../store.ts';
import { connectRedis, type RedisConnection } from './connection.ts';
import { redisJournal } from './journal.ts';
import { redisRecords } from './records.ts';

/** Without these an acknowledged entry can be gone after a crash, or be evicted. */
export const REDIS_SETTINGS = {
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
} as const;

export async function openRedisStore(address: StoreAddress): Promise<Store> {
  const connection = connectRedis(address);
  try {
    await checkDurability(connection, address.shown);
  } catch (error) {
    connection.redis.disconnect();
    throw error;
  }
  return {
    journal: redisJournal(connection, address.namespace),
    records: redisRecords(connection, address.namespace),
    async [Symbol.asyncDispose]() {
      connection.redis.disconnect();
    },
  };
}

async function checkDurability({ call }: RedisConnection, url: string): Promise<void> {
  const found = await settingsOf(call, url);
  const wrong = Object.entries(REDIS_SETTINGS).filter(([name, value]) => found.get(name) !== value);
  if (wrong.length === 0) return;
  throw new Problem('redis-not-durable', {
    url,
    found: wrong.map(([name]) => `${name} ${found.get(name) ?? '(not told)'}`),
    wanted: wrong.map(([name, value]) => `${name} ${value}`),
  });
}

async function settingsOf(
  call: RedisConnection['call'],
  url: string,
): Promise<Map<string, string>> {
  try {
    const answers = await call((redis) =>
      Promise.all(Object.keys(REDIS_SETTINGS).map((name) => redis.config('GET', name))),
    );
    return new Map(answers.map((answer) => answer as [string, string]));
  } catch (cause) {
    const refused = cause instanceof Problem && cause.code === 'store-refused';
    // Only CONFIG itself can be forbidden or unknown; a wrong password is told as it is.
    if (!refused || !/NOPERM|unknown command/i.test(String(cause.facts.message))) throw cause;
    throw new Problem('redis-settings-hidden', { url }, { cause });
  }
}
