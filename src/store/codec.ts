/** How entries and records are written in every store, and what is refused before it gets there. */

import { z } from 'zod';
import { type Entry, entryHash, type SignedEntry } from '../domain/journal.ts';
import { canonicalJson } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import { ENTRIES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import type { Claims } from './store.ts';

/** The outer shape only: what an entry says is believed by its signature, which others check. */
const EntryShape = z.object({
  operation: z.string(),
  position: z.int().min(1),
  previous: z.string(),
  author: z.enum(['bot', 'source', 'target']),
  body: z.looseObject({ kind: z.string() }),
  signature: z.string(),
});

/** What a driver appends in one transaction: one entry, or the missing rest of a chain. */
export interface Addition {
  readonly operation: string;
  /** How many entries must be there, and the hash of the last one (empty: none). */
  readonly length: number;
  readonly head: string;
  readonly texts: readonly string[];
  readonly headAfter: string;
  /** Whether the journal is closed afterwards. */
  readonly closes: boolean;
  readonly take: readonly string[];
  readonly release: readonly string[];
}

export function additionOf(entry: SignedEntry, { take = [], release = [] }: Claims): Addition {
  if (entry.position > ENTRIES_MAX) {
    throw new Problem('journal-full', {
      operation: entry.operation,
      entriesMax: ENTRIES_MAX,
    });
  }
  return {
    operation: entry.operation,
    length: entry.position - 1,
    head: entry.previous,
    texts: [entryText(entry)],
    headAfter: entryHash(entry),
    closes: entry.body.kind === 'closed',
    take,
    release,
  };
}

/**
 * What is missing of `chain` behind the `stored` entries; nothing when both are the same.
 * @throws Problem `journal-chain-broken` when `chain` is none, `journal-not-a-continuation` when
 * the stored entries are not its beginning.
 */
export function continuationOf(
  chain: readonly SignedEntry[],
  stored: readonly SignedEntry[],
  { take = [], release = [] }: Claims,
): Addition {
  const hashes = hashesOfChain(chain);
  const operation = chain[0]?.operation ?? '';
  const differs = stored.findIndex((entry, index) => entryHash(entry) !== hashes[index]);
  if (differs >= 0) {
    throw new Problem('journal-not-a-continuation', {
      operation,
      position: differs + 1,
      entriesStored: stored.length,
      entriesOffered: chain.length,
    });
  }
  return {
    operation,
    length: stored.length,
    head: hashes[stored.length - 1] ?? '',
    texts: chain.slice(stored.length).map(entryText),
    headAfter: hashes.at(-1) ?? '',
    closes: chain.some((entry) => entry.body.kind === 'closed'),
    take,
    release,
  };
}

function hashesOfChain(chain: readonly SignedEntry[]): string[] {
  const operation = chain[0]?.operation ?? '';
  if (chain.length > ENTRIES_MAX) {
    throw new Problem('journal-full', { operation, entriesMax: ENTRIES_MAX });
  }
  const hashes = chain.map(entryHash);
  const broken = chain.findIndex(
    (entry, index) =>
      entry.operation !== operation ||
      entry.position !== index + 1 ||
      entry.previous !== (hashes[index - 1] ?? ''),
  );
  if (broken >= 0 || chain.length === 0) {
    throw new Problem('journal-chain-broken', { operation, position: Math.max(broken, 0) + 1 });
  }
  return hashes;
}

function entryText({ operation, position, previous, author, body, signature }: SignedEntry) {
  const text = JSON.stringify({ operation, position, previous, author, body, signature });
  return bounded(text, `entry ${position} of ${operation}`);
}

/** @throws Problem `journal-damaged` when someone else wrote into the journal. */
export function entryOf(text: string, at: number, place: { operation: string; position: number }) {
  const parsed = EntryShape.safeParse(jsonOf(text));
  const fits =
    parsed.success &&
    Number.isSafeInteger(at) &&
    parsed.data.operation === place.operation &&
    parsed.data.position === place.position;
  if (!fits) throw new Problem('journal-damaged', { ...place });
  return { ...parsed.data, at } as unknown as Entry;
}

/** The text that stands for a record; equal values have equal texts. */
export function recordText(key: string, value: unknown): string {
  return bounded(canonicalJson(value), `record ${key}`);
}

/** @throws Problem `record-damaged` when it is not JSON. */
export function recordOf(key: string, text: string): unknown {
  const value = jsonOf(text);
  if (value === undefined) throw new Problem('record-damaged', { key });
  return value;
}

/** Undefined, which JSON cannot say, when it is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bounded(text: string, what: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > VALUE_BYTES_MAX) {
    throw new Problem('store-value-too-large', { what, bytes, bytesMax: VALUE_BYTES_MAX });
  }
  return text;
}
