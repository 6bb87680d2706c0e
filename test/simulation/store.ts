/** The fake store: journals with positions, claims, an identity; and it can be taken back in time. */

import { type Entry, entryHash, type SignedEntry } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Claims } from '../../src/store/store.ts';

interface Contents {
  readonly journals: ReadonlyMap<string, readonly Entry[]>;
  readonly claims: ReadonlyMap<string, string>;
}

export type Appended =
  | { readonly result: 'appended'; readonly entry: Entry }
  | { readonly result: 'lost' }
  | { readonly result: 'claimed'; readonly holder: string };

export interface FakeStore {
  away: boolean;
  identity: number;
  read(operation: string): readonly Entry[];
  append(entry: SignedEntry, claims: Claims): Appended;
  operations(): string[];
  holder(claim: string): string | undefined;
  /** As it was this many appends ago. */
  setBack(entries: number): void;
  put(entries: readonly Entry[], claims: Claims): void;
  onChange: () => void;
}

/** The store's own clock is not that of the hosts. */
const EPOCH = 1_000_000_000_000;
export const storeTime = (milliseconds: number): number => EPOCH + milliseconds;

export function openStore(now: () => number): FakeStore {
  let contents: Contents = { journals: new Map(), claims: new Map() };
  const history: Contents[] = [contents];
  const write = (next: Contents): void => {
    contents = next;
    history.push(next);
    store.onChange();
  };
  const store: FakeStore = {
    away: false,
    identity: 1,
    onChange: () => {},
    read: (operation) => contents.journals.get(operation) ?? [],
    operations: () => [...contents.journals.keys()],
    holder: (claim) => contents.claims.get(claim),
    append(signed, { take = [], release = [] }) {
      const { operation } = signed;
      const before = store.read(operation);
      if (signed.position !== before.length + 1 || signed.previous !== headOf(before)) {
        return { result: 'lost' };
      }
      const holder = take.map(store.holder).find((one) => one !== undefined && one !== operation);
      if (holder !== undefined) return { result: 'claimed', holder };
      const entry: Entry = { ...signed, at: storeTime(now()) };
      const journals = new Map(contents.journals).set(operation, [...before, entry]);
      const claims = new Map(contents.claims);
      for (const claim of release) claims.delete(claim);
      for (const claim of take) claims.set(claim, operation);
      write({ journals, claims });
      return { result: 'appended', entry };
    },
    setBack(entries) {
      const length = Math.max(1, history.length - entries);
      history.length = length;
      contents = history[length - 1] ?? { journals: new Map(), claims: new Map() };
      store.identity += 1;
      store.onChange();
    },
    put(entries, { take = [], release = [] }) {
      const operation = entries[0]?.operation ?? '';
      const claims = new Map(contents.claims);
      for (const claim of release) if (claims.get(claim) === operation) claims.delete(claim);
      for (const claim of take) {
        if ((claims.get(claim) ?? operation) !== operation) throw new Problem('claimed', { claim });
        claims.set(claim, operation);
      }
      write({ journals: new Map(contents.journals).set(operation, entries), claims });
    },
  };
  return store;
}

const headOf = (entries: readonly Entry[]): string => {
  const last = entries.at(-1);
  return last ? hashOf(last) : '';
};

/** Hashing is most of the work of a run, and entries never change. */
const hashes = new WeakMap<SignedEntry, string>();
export function hashOf(entry: SignedEntry): string {
  const known = hashes.get(entry);
  if (known !== undefined) return known;
  const hash = entryHash(entry);
  hashes.set(entry, hash);
  return hash;
}
