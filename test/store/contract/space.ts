/** What the parts of the contract share. */

import { expect } from '@jest/globals';
import type { SignedEntry } from '../../../src/domain/journal.ts';
import type { JournalStore, Store } from '../../../src/store/store.ts';
import { entryAfter, noted } from '../entries.ts';

/** A part of the server for one test alone; `open` connects to it. */
export type Space = () => {
  readonly url: string;
  readonly namespace: string;
  open(): Promise<Store>;
};

/** How many work at once. */
export const MANY = 20;
/** A loser tries again; each round lets one win. */
export const ATTEMPTS_MAX = 200;

/** Does `work` many times at once, over two connections. */
export async function manyAtOnce<T>(
  space: Space,
  work: (store: Store, index: number) => Promise<T>,
): Promise<T[]> {
  const [one, other] = await Promise.all([space().open(), space().open()]);
  return Promise.all(
    Array.from({ length: MANY }, (_, index) => work(index % 2 === 0 ? one : other, index)),
  );
}

/** Appends one entry after the other. */
export async function write(journal: JournalStore, chain: readonly SignedEntry[]): Promise<void> {
  for (const entry of chain) {
    expect(await journal.append(entry)).toMatchObject({ result: 'appended' });
  }
}

/** Appends behind whatever is last, as often as it takes. */
export async function appendSomewhere(journal: JournalStore, operation: string, text: string) {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const last = (await journal.read(operation)).at(-1);
    const { result } = await journal.append(entryAfter(last, operation, noted(text)));
    if (result === 'appended') return;
  }
  throw new Error(`${text} found no position in ${ATTEMPTS_MAX} attempts`);
}
