/** A small pool of connections to PostgreSQL: calls fail soon when it is away, and it comes back. */

import { DatabaseError, Pool, type QueryResultRow } from 'pg';
import { Problem } from '../../domain/problem.ts';
import { CALL_SECONDS_MAX, CONNECT_SECONDS_MAX } from '../limits.ts';
import type { StoreAddress } from '../open.ts';
import { schemaSql } from './schema.ts';

const CONNECTIONS_MAX = 3;

export interface PostgresConnection {
  readonly pool: Pool;
  /** Runs one statement and says in our words why it failed. */
  rows<R extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;
}

/**
 * A call that fails with `store-unreachable` may have been carried out: the answer is what was
 * lost. Nothing is sent twice by itself.
 */
export function connectPostgres({ url, shown, namespace }: StoreAddress): PostgresConnection {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_SECONDS_MAX * 1000,
    query_timeout: CALL_SECONDS_MAX * 1000,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // An idle connection broke: the pool drops it, and the next call says so if it matters.
  pool.on('error', () => undefined);

  async function rows<R extends QueryResultRow>(sql: string, parameters?: readonly unknown[]) {
    const run = async () => (await pool.query<R>(sql, parameters && [...parameters])).rows;
    try {
      return await run().catch((error: unknown) => {
        if (!isSchemaMissing(error)) throw error;
        // Not there yet, or the store was replaced by an empty one while we were connected.
        return pool.query(schemaSql(namespace)).then(run);
      });
    } catch (cause) {
      throw problemOf(cause, shown);
    }
  }
  return { pool, rows };
}

/** Undefined table, function or schema: <https://www.postgresql.org/docs/current/errcodes-appendix.html>. */
function isSchemaMissing(error: unknown): boolean {
  const codes = ['42P01', '42883', '3F000'];
  return error instanceof DatabaseError && codes.includes(error.code ?? '');
}

/** Class 08: connection; 57P: shut down or starting; 53300: no connection left. */
const UNREACHABLE = /^(08|57P|53300)/;
/** Out of disk or memory. */
const FULL = /^(53100|53200)/;

function problemOf(cause: unknown, url: string): Problem {
  if (!(cause instanceof DatabaseError))
    return new Problem('store-unreachable', { url }, { cause });
  const code = cause.code ?? '';
  if (UNREACHABLE.test(code)) return new Problem('store-unreachable', { url }, { cause });
  if (FULL.test(code)) return new Problem('store-full', { url }, { cause });
  return new Problem('store-refused', { url, message: cause.message }, { cause });
}
