/** The store: journal, claims, records and queues on Redis, PostgreSQL or the embedded store. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { migrationLine } from '../typed.ts';

const lines = (value: Fact | undefined): readonly string[] =>
  Array.isArray(value) ? value : [String(value)];

const serverProblems = {
  'store-url-invalid': ({ scheme }) => ({
    text: `STORE_URL is no address of a store (its scheme: ${scheme}).`,
    remedy: 'Set STORE_URL to redis://HOST:PORT or postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
  }),
  'store-unreachable': ({ url }) => ({
    text: `The store at ${url} does not answer.`,
    remedy:
      'Start it, or look at the network and firewall on the way. Ferry goes on by itself then.',
  }),
  'store-refused': ({ url, message }) => ({
    text: `The store at ${url} refused: ${message}`,
    remedy: 'Check user, password and rights in STORE_URL, and the log of the store.',
  }),
  'store-full': ({ url }) => ({
    text: `The store at ${url} has no room left.`,
    remedy: 'Give it more memory or disk. Nothing was lost: what was refused is tried again.',
  }),
  'redis-not-durable': ({ url, found, wanted }) => ({
    text: `Redis at ${url} can lose what it acknowledged: ${lines(found).join(', ')}.`,
    remedy: `In redis-cli: ${lines(wanted)
      .map((setting) => `CONFIG SET ${setting}`)
      .join(
        '; ',
      )}; then CONFIG REWRITE. Or in redis.conf, a line each: ${lines(wanted).join(' | ')}.`,
  }),
  'redis-settings-hidden': ({ url }) => ({
    text: `Redis at ${url} does not let Ferry read its settings, so that it may lose journals.`,
    remedy: 'Allow the command CONFIG GET for the user in STORE_URL: ACL SETUSER NAME +config|get.',
  }),
  'postgres-not-durable': ({ url, settings }) => ({
    text: `PostgreSQL at ${url} can lose what it acknowledged: ${lines(settings).join(', ')} is off.`,
    remedy: `In psql: ${lines(settings)
      .map((setting) => `ALTER SYSTEM SET ${setting} = on;`)
      .join(' ')} SELECT pg_reload_conf();`,
  }),
} satisfies Record<string, TextOf>;

const journalProblems = {
  'journal-full': ({ operation, entriesMax }) => ({
    text: `The journal of ${operation} has reached its ${entriesMax} entries.`,
    remedy: `Look at "${migrationLine('show', operation)}" for what repeats, and cancel it.`,
  }),
  'journal-damaged': ({ operation, position }) => ({
    text: `Entry ${position} of ${operation} in the store cannot be read.`,
    remedy: `Look for who else writes to the store. Then restore it, and type "${migrationLine('heal-store', operation)}".`,
  }),
  'journal-chain-broken': ({ operation, position }) => ({
    text: `The entries of ${operation} kept on this machine are no chain: entry ${position} does not follow.`,
    remedy: `Type "${migrationLine('heal-store', operation)}" on another host, or with bot.env on the bot's machine.`,
  }),
  'journal-not-a-continuation': ({ operation, position, entriesStored, entriesOffered }) => ({
    text: `The store has ${entriesStored} entries of ${operation}, this machine ${entriesOffered}; they differ from entry ${position} on.`,
    remedy: `If the store has more, nothing needs healing. Otherwise compare "${migrationLine('show', operation)}" on each host: where they differ, someone wrote after the store was set back.`,
  }),
  'journal-changed-meanwhile': ({ operation }) => ({
    text: `Someone wrote to the journal of ${operation} while it was healed. Nothing was changed.`,
    remedy: `Type "${migrationLine('heal-store', operation)}" again.`,
  }),
  'journal-claim-held': ({ operation, claim, holder }) => ({
    text: `${operation} cannot be healed: ${claim} belongs to ${holder} now.`,
    remedy: `End ${holder} first: "${migrationLine('show', holder)}".`,
  }),
  'record-damaged': ({ key }) => ({
    text: `The record ${key} in the store cannot be read.`,
    remedy: 'Look for who else writes to the store, and restore it from its backup.',
  }),
  'store-value-too-large': ({ what, bytes, bytesMax }) => ({
    text: `The ${what} has ${bytes} bytes; the store takes ${bytesMax}.`,
    remedy: 'Report this: nothing that Ferry writes should be so large.',
  }),
} satisfies Record<string, TextOf>;

const embeddedProblems = {
  'store-directory-in-use': ({ directory, pid, file }) => ({
    text: `Process ${pid} already runs the store in ${directory}.`,
    remedy: `End that process, or choose another directory. If process ${pid} is no store, delete ${file}.`,
  }),
  'store-port-in-use': ({ port, directory }) => ({
    text: `Port ${port} of the store in ${directory} is taken by another program.`,
    remedy: `End that program, or delete store.json in ${directory} and restart everything that uses this store.`,
  }),
  'store-address-damaged': ({ file }) => ({
    text: `${file} with the port and password of the store cannot be read.`,
    remedy: `Delete ${file}: the store then makes a new one. Restart everything that uses this store.`,
  }),
  'store-directory-damaged': ({ directory, reason }) => ({
    text: `The embedded store cannot open ${directory}: ${reason}`,
    remedy: `Restore ${directory} from a backup and type "${migrationLine('heal-store')}" for each open operation. For a lab, delete it.`,
  }),
} satisfies Record<string, TextOf>;

const queueProblems = {
  'job-payload-invalid': ({ reason }) => ({
    text: `A job cannot be understood: ${reason}`,
    remedy: 'Run the same version of Ferry on the bot and on all hosts.',
  }),
  'worker-silent': ({ queue, timeoutSeconds }) => ({
    text: `The worker of the queue ${queue} did not answer within ${timeoutSeconds} s.`,
    remedy: 'Look whether that host is up and its Ferry worker runs, then ask again.',
  }),
} satisfies Record<string, TextOf>;

export const storeProblems = {
  ...serverProblems,
  ...journalProblems,
  ...embeddedProblems,
  ...queueProblems,
} satisfies Record<string, TextOf>;
