/** One connection to Redis: calls fail soon when it is away, and it comes back by itself. */

import { Redis, ReplyError } from 'ioredis';
import { Problem } from '../../domain/problem.ts';
import { CALL_SECONDS_MAX, CONNECT_SECONDS_MAX } from '../limits.ts';
import type { StoreAddress } from '../open.ts';

const RECONNECT_MILLISECONDS = { step: 50, max: 1000 } as const;

export interface RedisConnection {
  readonly redis: Redis;
  /** Runs one call and says in our words why it failed. */
  call<T>(run: (redis: Redis) => Promise<T>): Promise<T>;
}

/**
 * A call that fails with `store-unreachable` may have been carried out: the answer is what was
 * lost. Nothing is sent twice by itself, so that an append is never lost against itself.
 */
export function connectRedis({ url, shown }: StoreAddress): RedisConnection {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_SECONDS_MAX * 1000,
    commandTimeout: CALL_SECONDS_MAX * 1000,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) =>
      Math.min(attempt * RECONNECT_MILLISECONDS.step, RECONNECT_MILLISECONDS.max),
  });
  // Each failed call says so itself; without a listener the event would end the process.
  redis.on('error', () => undefined);
  return {
    redis,
    async call(run) {
      try {
        return await run(redis);
      } catch (cause) {
        throw problemOf(cause, shown);
      }
    },
  };
}

function problemOf(cause: unknown, url: string): Problem {
  if (!isAnswer(cause)) return new Problem('store-unreachable', { url }, { cause });
  if (cause.message.startsWith('OOM')) return new Problem('store-full', { url }, { cause });
  return new Problem('store-refused', { url, message: cause.message }, { cause });
}

/** Redis's own answer; everything else is the connection. */
const isAnswer = (cause: unknown): cause is Error => cause instanceof ReplyError;
