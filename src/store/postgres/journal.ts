/** The journal on PostgreSQL. */

import type { Entry } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import { type Addition, additionOf, continuationOf, entryOf } from '../codec.ts';
import { ENTRIES_MAX, OPERATIONS_MAX } from '../limits.ts';
import type { AppendResult, JournalStore } from '../store.ts';
import type { PostgresConnection } from './connection.ts';

/** 64-bit numbers arrive as texts. */
type Answer =
  | { readonly result: 'lost' }
  | { readonly result: 'claimed'; readonly claim: string; readonly holder: string }
  | { readonly result: 'appended'; readonly at: string };

export function postgresJournal(
  { rows }: Pick<PostgresConnection, 'rows'>,
  schema: string,
): JournalStore {
  async function one<R extends object>(sql: string, parameters?: readonly unknown[]): Promise<R> {
    const [row] = await rows<R>(sql, parameters);
    if (row === undefined) throw new Error(`No row for ${sql}`);
    return row;
  }

  const add = (addition: Addition): Promise<Answer> => {
    const { operation, length, head, texts, headAfter, closes, take, release } = addition;
    const parameters = [operation, length, head, texts, headAfter, closes, take, release];
    return one<Answer>(`SELECT * FROM ${schema}.append($1,$2,$3,$4,$5,$6,$7,$8)`, parameters);
  };

  async function read(operation: string): Promise<Entry[]> {
    const found = await rows<{ position: number; at: string; entry: string }>(
      `SELECT position, at, entry FROM ${schema}.entries
       WHERE operation = $1 ORDER BY position LIMIT ${ENTRIES_MAX}`,
      [operation],
    );
    return found.map(({ at, entry }, index) =>
      entryOf(entry, Number(at), { operation, position: index + 1 }),
    );
  }

  const operations = async (rest: string, parameters?: readonly unknown[]): Promise<string[]> => {
    const sql = `SELECT operation FROM ${schema}.operations ${rest}`;
    return (await rows<{ operation: string }>(sql, parameters)).map((row) => row.operation);
  };

  return {
    read,

    async append(entry, claims = {}): Promise<AppendResult> {
      const answer = await add(additionOf(entry, claims));
      switch (answer.result) {
        case 'lost':
          return { result: 'lost' };
        case 'claimed':
          return { result: 'claimed', claim: answer.claim, holder: answer.holder };
        case 'appended':
          return { result: 'appended', entry: { ...entry, at: Number(answer.at) } };
      }
    },

    async changes(cursor) {
      // A cursor from the future was given by a store that is no more: tell everything again.
      const found = await rows<{ operation: string | null; changed: string }>(
        `WITH start AS (
           SELECT CASE WHEN $1::bigint > change THEN 0 ELSE $1::bigint END AS after
           FROM ${schema}.store
         )
         SELECT operation, coalesce(changed, after) AS changed
         FROM start LEFT JOIN ${schema}.operations ON changed > after
         ORDER BY changed LIMIT ${OPERATIONS_MAX}`,
        [cursor],
      );
      return {
        cursor: Number(found.at(-1)?.changed ?? 0),
        operations: found.flatMap(({ operation }) => operation ?? []),
      };
    },

    open: () => operations(`WHERE NOT closed ORDER BY created LIMIT ${OPERATIONS_MAX}`),

    list: (limit) =>
      operations('ORDER BY created DESC LIMIT $1', [Math.max(0, Math.min(limit, OPERATIONS_MAX))]),

    async holder(claim) {
      const sql = `SELECT holder FROM ${schema}.claims WHERE claim = $1`;
      return (await rows<{ holder: string }>(sql, [claim]))[0]?.holder;
    },

    async nextOperation() {
      const sql = `UPDATE ${schema}.store SET operation = operation + 1 RETURNING operation`;
      return `m${(await one<{ operation: string }>(sql)).operation}`;
    },

    async heal(entries, claims) {
      const operation = entries[0]?.operation ?? '';
      const answer = await add(continuationOf(entries, await read(operation), claims));
      if (answer.result === 'lost') throw new Problem('journal-changed-meanwhile', { operation });
      if (answer.result === 'claimed') {
        const { claim, holder } = answer;
        throw new Problem('journal-claim-held', { operation, claim, holder });
      }
    },

    identity: async () => (await one<{ identity: string }>(identitySql(schema))).identity,

    async now() {
      const sql = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now';
      return Number((await one<{ now: string }>(sql)).now);
    },
  };
}

/**
 * - the server's start time: also a restored or promoted server was started anew;
 * - `ferry.start_id`, which the embedded store makes at each start;
 * - our own id, written once: another one in another database;
 * - the file of the entries: new when the table was dropped, truncated or restored from a dump.
 */
const identitySql = (schema: string) => `
SELECT concat_ws('.', extract(epoch FROM pg_postmaster_start_time()),
  current_setting('ferry.start_id', true), id,
  pg_relation_filenode('${schema}.entries'::regclass)) AS identity
FROM ${schema}.store`;
