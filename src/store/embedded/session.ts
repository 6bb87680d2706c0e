/** The one session that PGlite has, made to look like a session for each client. */

import type { Database } from './database.ts';
import type { Listener, Listeners } from './listeners.ts';
import { payloadOf, query, serverMessages } from './messages.ts';

export interface Group {
  /** Whole messages up to a Sync or a Query. */
  readonly messages: Buffer;
  /** The statements within. */
  readonly sql: readonly string[];
  readonly client: Listener;
  readonly searchPath: string;
}

export interface Answer {
  readonly bytes: Buffer;
  /** While a transaction is open, nobody else may use the session. */
  readonly inTransaction: boolean;
}

export interface Session {
  /** The caller holds the lock of the session, and keeps it while `inTransaction`. */
  run(group: Group): Promise<Answer>;
  rollBack(): Promise<void>;
}

/** After these we do not know the session's search path. */
const CHANGES_SEARCH_PATH = /search_path|reset/i;

export function session(database: Database, listeners: Listeners): Session {
  let searchPath: string | undefined;
  let inTransaction = false;

  async function exec(messages: Buffer): Promise<Buffer> {
    const answers: Buffer[] = [];
    for (const { type, bytes } of serverMessages(await database.exec(messages))) {
      if (type === 'A') listeners.deliver({ type, bytes });
      else answers.push(bytes);
      if (type === 'Z') inTransaction = payloadOf(bytes).toString() !== 'I';
    }
    return Buffer.concat(answers);
  }

  return {
    async run({ messages, sql, client, searchPath: wanted }) {
      if (!inTransaction && searchPath !== wanted) {
        const value = wanted.replaceAll("'", "''");
        await exec(query(`SELECT set_config('search_path', '${value}', false)`));
        searchPath = wanted;
      }
      if (sql.some((text) => CHANGES_SEARCH_PATH.test(text))) searchPath = undefined;
      for (const text of sql) listeners.note(text, client);
      return { bytes: await exec(messages), inTransaction };
    },

    async rollBack() {
      await exec(query('ROLLBACK'));
    },
  };
}
