/** Records on PostgreSQL. */

import { recordOf, recordText } from '../codec.ts';
import { RECORDS_MAX } from '../limits.ts';
import type { Records } from '../store.ts';
import type { PostgresConnection } from './connection.ts';

export function postgresRecords(
  { rows }: Pick<PostgresConnection, 'rows'>,
  schema: string,
): Records {
  const table = `${schema}.records`;
  const insert = `INSERT INTO ${table} (key, value) VALUES ($1, $2) ON CONFLICT`;
  return {
    async get(key) {
      const sql = `SELECT value FROM ${table} WHERE key = $1`;
      const [row] = await rows<{ value: string }>(sql, [key]);
      return row === undefined ? undefined : recordOf(key, row.value);
    },

    async put(key, value) {
      const sql = `${insert} (key) DO UPDATE SET value = excluded.value`;
      await rows(sql, [key, recordText(key, value)]);
    },

    async compareAndSet(key, expected, value) {
      const text = recordText(key, value);
      const written =
        expected === undefined
          ? await rows(`${insert} DO NOTHING RETURNING key`, [key, text])
          : await rows(
              `UPDATE ${table} SET value = $2 WHERE key = $1 AND value = $3 RETURNING key`,
              [key, text, recordText(key, expected)],
            );
      return written.length === 1;
    },

    async keys(prefix) {
      const sql = `SELECT key FROM ${table} WHERE starts_with(key, $1) ORDER BY key LIMIT ${RECORDS_MAX}`;
      return (await rows<{ key: string }>(sql, [prefix])).map(({ key }) => key);
    },

    async remove(key) {
      await rows(`DELETE FROM ${table} WHERE key = $1`, [key]);
    },
  };
}
