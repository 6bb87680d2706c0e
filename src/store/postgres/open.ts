/** Opens the store on PostgreSQL, if that server keeps what it acknowledges. */

import { Problem } from '../../domain/problem.ts';
import type { StoreAddress } from '../open.ts';
import type { Store } from '../store.ts';
import { connectPostgres, type PostgresConnection } from './connection.ts';
import { postgresJournal } from './journal.ts';
import { postgresRecords } from './records.ts';
import { schemaSql } from './schema.ts';

/** While one of these is off, an acknowledged entry can be gone after a crash. */
export const POSTGRES_SETTINGS = ['fsync', 'synchronous_commit'] as const;

export async function openPostgresStore(address: StoreAddress): Promise<Store> {
  const connection = connectPostgres(address);
  try {
    await checkDurability(connection, address.shown);
    await connection.rows(schemaSql(address.namespace));
  } catch (error) {
    await connection.pool.end();
    throw error;
  }
  return {
    journal: postgresJournal(connection, address.namespace),
    records: postgresRecords(connection, address.namespace),
    [Symbol.asyncDispose]: () => connection.pool.end(),
  };
}

async function checkDurability({ rows }: PostgresConnection, url: string): Promise<void> {
  const [found] = await rows<{ fsync: string; synchronous_commit: string }>(
    `SELECT current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit`,
  );
  const wrong = Object.entries(found ?? {}).filter(([, value]) => value === 'off');
  if (wrong.length === 0) return;
  throw new Problem('postgres-not-durable', { url, settings: wrong.map(([name]) => name) });
}
