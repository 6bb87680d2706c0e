/** Records on Redis: a hash of values, and their keys in order. */

import { recordOf, recordText } from '../codec.ts';
import { RECORDS_MAX } from '../limits.ts';
import type { Records } from '../store.ts';
import type { RedisConnection } from './connection.ts';

/** KEYS: values, sorted keys; ARGV: key, value, and the value expected ('' for absent). */
const COMPARE_AND_SET = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
return 1
`;

export function redisRecords({ call }: RedisConnection, namespace: string): Records {
  const values = `${namespace}:records`;
  const sorted = `${namespace}:record-keys`;
  return {
    async get(key) {
      const text = await call((redis) => redis.hget(values, key));
      return text === null ? undefined : recordOf(key, text);
    },

    async put(key, value) {
      const text = recordText(key, value);
      await call(async (redis) => {
        const answers = await redis.multi().hset(values, key, text).zadd(sorted, 0, key).exec();
        throwFirstError(answers);
      });
    },

    compareAndSet(key, expected, value) {
      const text = recordText(key, value);
      const before = expected === undefined ? '' : recordText(key, expected);
      return call(
        async (redis) =>
          (await redis.eval(COMPARE_AND_SET, 2, values, sorted, key, text, before)) === 1,
      );
    },

    // Keys are UTF-8, in which the byte 0xff does not occur.
    keys: (prefix) =>
      call((redis) =>
        redis.zrangebylex(
          sorted,
          prefix === '' ? '-' : `[${prefix}`,
          prefix === '' ? '+' : Buffer.concat([Buffer.from(`(${prefix}`), Buffer.of(0xff)]),
          'LIMIT',
          0,
          RECORDS_MAX,
        ),
      ),

    async remove(key) {
      await call(async (redis) => {
        throwFirstError(await redis.multi().hdel(values, key).zrem(sorted, key).exec());
      });
    },
  };
}

/** A transaction resolves even when a command of it was refused. */
function throwFirstError(answers: [Error | null, unknown][] | null): void {
  const error = answers?.find(([failure]) => failure !== null)?.[0];
  if (error) throw error;
}
