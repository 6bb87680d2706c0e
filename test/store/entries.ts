/** Entries with a dummy signature: the store does not look at it. */

import { type EntryBody, entryHash, type SignedEntry } from '../../src/domain/journal.ts';

export const noted = (text: string): EntryBody => ({ kind: 'cancelled', by: text });
export const closed: EntryBody = { kind: 'closed', outcome: 'migrated' };

/** The entry that follows `before`; the first one without it. */
export function entryAfter(
  before: SignedEntry | undefined,
  operation: string,
  body: EntryBody = noted('x'),
): SignedEntry {
  return {
    operation,
    position: (before?.position ?? 0) + 1,
    previous: before ? entryHash(before) : '',
    author: 'bot',
    body,
    signature: 'dummy',
  };
}

export function chainOf(operation: string, bodies: readonly EntryBody[]): SignedEntry[] {
  const chain: SignedEntry[] = [];
  for (const body of bodies) chain.push(entryAfter(chain.at(-1), operation, body));
  return chain;
}
