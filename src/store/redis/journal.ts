/** The journal on Redis. */

import type { Entry } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import { type Addition, additionOf, continuationOf, entryOf } from '../codec.ts';
import { ENTRIES_MAX, OPERATIONS_MAX } from '../limits.ts';
import type { AppendResult, JournalStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { redisIdentity } from './identity.ts';
import { APPEND, argumentsOf, journalKeys, keysOf } from './script.ts';

type Answer = ['lost'] | ['claimed', string, string] | ['appended', string];

export function redisJournal({ call }: RedisConnection, namespace: string): JournalStore {
  const shared = journalKeys(namespace, '');

  function add(addition: Addition): Promise<Answer> {
    const keys = keysOf(journalKeys(namespace, addition.operation));
    return call(async (redis) => {
      const answer = await redis.eval(APPEND, keys.length, ...keys, ...argumentsOf(addition));
      return answer as Answer;
    });
  }

  async function read(operation: string): Promise<Entry[]> {
    const { journal } = journalKeys(namespace, operation);
    const lines = await call((redis) => redis.lrange(journal, 0, ENTRIES_MAX - 1));
    return lines.map((line, index) => {
      const space = line.indexOf(' ');
      const place = { operation, position: index + 1 };
      return entryOf(line.slice(space + 1), Number(line.slice(0, Math.max(space, 0))), place);
    });
  }

  return {
    read,

    async append(entry, claims = {}): Promise<AppendResult> {
      const answer = await add(additionOf(entry, claims));
      switch (answer[0]) {
        case 'lost':
          return { result: 'lost' };
        case 'claimed':
          return { result: 'claimed', claim: answer[1], holder: answer[2] };
        case 'appended':
          return { result: 'appended', entry: { ...entry, at: Number(answer[1]) } };
      }
    },

    async changes(cursor) {
      const last = await call((redis) => redis.hget(shared.counters, 'change'));
      // A cursor from the future was given by a store that is no more: tell everything again.
      const after = cursor > Number(last ?? 0) ? 0 : cursor;
      const found = await call((redis) =>
        redis.zrangebyscore(
          shared.changes,
          `(${after}`,
          '+inf',
          'WITHSCORES',
          'LIMIT',
          0,
          OPERATIONS_MAX,
        ),
      );
      const operations = found.filter((_, index) => index % 2 === 0);
      return { cursor: Number(found.at(-1) ?? after), operations };
    },

    open: () => call((redis) => redis.zrange(shared.open, 0, `${OPERATIONS_MAX - 1}`)),

    list: (limit) =>
      limit <= 0
        ? Promise.resolve([])
        : call((redis) =>
            redis.zrevrange(shared.operations, 0, Math.min(limit, OPERATIONS_MAX) - 1),
          ),

    holder: (claim) => call(async (redis) => (await redis.hget(shared.claims, claim)) ?? undefined),

    nextOperation: () =>
      call(async (redis) => `m${await redis.hincrby(shared.counters, 'operation', 1)}`),

    async heal(entries, claims) {
      const operation = entries[0]?.operation ?? '';
      const answer = await add(continuationOf(entries, await read(operation), claims));
      if (answer[0] === 'lost') throw new Problem('journal-changed-meanwhile', { operation });
      if (answer[0] === 'claimed') {
        const [, claim, holder] = answer;
        throw new Problem('journal-claim-held', { operation, claim, holder });
      }
    },

    identity: () => call((redis) => redisIdentity(redis, namespace)),

    now: () =>
      call(async (redis) => {
        const [seconds, microseconds] = await redis.time();
        return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
      }),
  };
}
