/**
 * What a worker keeps on its own disk of each operation, because the store may lose what it once
 * showed: the signed entries that the worker saw, and the intents that its peer told it.
 */

import { mkdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Entry, entryHash, type SignedEntry } from '../domain/journal.ts';
import { canonicalJson } from '../domain/plan.ts';
import { Problem, Verdict } from '../domain/problem.ts';
import { syncDirectory } from './files.ts';
import { appendLine, type Lines, readLines } from './lines.ts';
import { entrySchema } from './verify-journal.ts';

/** Operation names become file names, so nothing else passes. */
const OPERATION = /^[a-z]\d{1,15}$/;
const FILE = /^([a-z]\d{1,15})\.(?:entries|intents)\.jsonl$/;

/** What a worker tells the other host before anything that could make two VMs run. */
export const intentSchema = z.strictObject({
  operation: z.string().regex(OPERATION),
  epoch: z.int().nonnegative(),
  /** `entryHash` of the last entry that the teller knows, and that entry's position. */
  head: z.string().regex(/^[0-9a-f]{64}$/),
  position: z.int().positive(),
  intent: z.enum(['start at target', 'take back at source']),
  from: z.enum(['source', 'target']),
});
export type Intent = Readonly<z.infer<typeof intentSchema>>;

/** What is remembered is on the disk when the promise resolves. One process a directory. */
export interface Memory {
  /**
   * Keeps what is new of a verified journal, given from its first entry on.
   * @throws {Verdict} journal-diverged where it contradicts what was seen.
   */
  remember(operation: string, journal: readonly Entry[]): Promise<void>;
  /** The entries seen, oldest first. */
  seen(operation: string): Promise<Entry[]>;
  /**
   * What the peer told in an intent counts as seen, up to the head that it named.
   * @throws {Problem} journal-behind {operation, seen, found}: the store lost entries
   * @throws {Verdict} journal-diverged {operation, position}: it has others in their place
   */
  checkNotBehind(operation: string, journal: readonly SignedEntry[]): Promise<void>;
  rememberIntent(intent: Intent): Promise<void>;
  /** The intents told, oldest first; one told again and again counts once. */
  intents(operation: string): Promise<Intent[]>;
  /** The names of everything remembered, sorted. */
  operations(): Promise<string[]>;
  forget(operation: string): Promise<void>;
}

const stampedSchema = entrySchema.extend({ at: z.number() });
const entryLineSchema = z.array(z.custom<Entry>((value) => stampedSchema.safeParse(value).success));

/** @throws {Problem} memory-damaged | memory-full | memory-unwritable, from its methods. */
export function openMemory(directory: string): Memory {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const inTurn = turns();
  const entriesFile = (operation: string) => fileOf(directory, operation, 'entries');
  const intentsFile = (operation: string) => fileOf(directory, operation, 'intents');

  return {
    remember: (operation, journal) =>
      inTurn(() => rememberNew(entriesFile(operation), operation, journal)),
    seen: (operation) =>
      inTurn(async () => (await readLines(entriesFile(operation), entryLineSchema)).values.flat()),
    checkNotBehind: (operation, journal) =>
      inTurn(async () => {
        const lines = await readLines(entriesFile(operation), entryLineSchema);
        checkContinues(operation, lines.values.flat(), journal);
        const told = await readLines(intentsFile(operation), intentSchema);
        for (const intent of told.values) checkHolds(operation, intent, journal);
      }),
    rememberIntent: (intent) =>
      inTurn(async () => {
        const file = intentsFile(intent.operation);
        const told = await readLines(file, intentSchema);
        if (!isTold(told, intent)) await appendLine(file, intent, told.bytes);
      }),
    intents: (operation) =>
      inTurn(async () => (await readLines(intentsFile(operation), intentSchema)).values),
    operations: () => inTurn(() => operationsIn(directory)),
    forget: (operation) =>
      inTurn(async () => {
        await rm(entriesFile(operation), { force: true });
        await rm(intentsFile(operation), { force: true });
        await syncDirectory(directory);
      }),
  };
}

/** A journal read before what was already remembered is older, which is no contradiction. */
async function rememberNew(
  file: string,
  operation: string,
  journal: readonly Entry[],
): Promise<void> {
  const lines = await readLines(file, entryLineSchema);
  const seen = lines.values.flat();
  checkContinues(operation, seen.slice(0, journal.length), journal);
  const fresh = journal.slice(seen.length);
  if (fresh.length > 0) await appendLine(file, fresh, lines.bytes);
}

function checkContinues(
  operation: string,
  seen: readonly Entry[],
  journal: readonly SignedEntry[],
): void {
  for (const [index, entry] of seen.entries()) {
    const found = journal[index];
    if (found === undefined) {
      const counts = { seen: seen.length, found: journal.length };
      throw new Problem('journal-behind', { operation, ...counts });
    }
    if (entryHash(found) !== entryHash(entry))
      throw new Verdict('journal-diverged', { operation, position: index + 1 });
  }
}

/** What the peer acted upon was in the journal, even where this host had not read it yet. */
function checkHolds(operation: string, intent: Intent, journal: readonly SignedEntry[]): void {
  const { position, head } = intent;
  const found = journal[position - 1];
  if (found === undefined) {
    throw new Problem('journal-behind', { operation, seen: position, found: journal.length });
  }
  if (entryHash(found) !== head) throw new Verdict('journal-diverged', { operation, position });
}

const isTold = (told: Lines<Intent>, intent: Intent): boolean =>
  told.values.some((earlier) => canonicalJson(earlier) === canonicalJson(intent));

function fileOf(directory: string, operation: string, what: 'entries' | 'intents'): string {
  if (!OPERATION.test(operation)) throw new Error(`Not an operation's name: ${operation}`);
  return join(directory, `${operation}.${what}.jsonl`);
}

async function operationsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  const operations = names.flatMap((name) => FILE.exec(name)?.[1] ?? []);
  return [...new Set(operations)].toSorted();
}

/** Runs one piece of work after the other, in the order of the calls. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}
