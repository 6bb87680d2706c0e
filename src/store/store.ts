/** What everyone outside this folder knows about the store. Drivers: Redis, PostgreSQL (also PGlite). */

import type { Entry, SignedEntry } from '../domain/journal.ts';

export type AppendResult =
  | { readonly result: 'appended'; readonly entry: Entry }
  /** Someone else took this position, or the entry does not follow what is there. */
  | { readonly result: 'lost' }
  | { readonly result: 'claimed'; readonly claim: string; readonly holder: string };

export interface Claims {
  readonly take?: readonly string[];
  readonly release?: readonly string[];
}

/** An append succeeds only at length + 1 and with the hash of the last entry; claims change with it. */
export interface JournalStore {
  /**
   * Writes entry, claims and the changes index in one transaction.
   * @throws Problem `store-unreachable` when the answer was lost: it may have been written, read again.
   */
  append(entry: SignedEntry, claims?: Claims): Promise<AppendResult>;
  /** All entries, oldest first, at most `ENTRIES_MAX`; empty when unknown. */
  read(operation: string): Promise<Entry[]>;
  /** Operations changed since `cursor` (0 for all), each once, and the cursor for the next call. */
  changes(cursor: number): Promise<{ cursor: number; operations: string[] }>;
  /** Operations without a `closed` entry, oldest first. */
  open(): Promise<string[]>;
  /** All operations, newest first. */
  list(limit: number): Promise<string[]>;
  holder(claim: string): Promise<string | undefined>;
  /** A fresh number for an operation's name: `m1`, `m2`, … never given twice by one store. */
  nextOperation(): Promise<string>;
  /** Replaces a journal by a longer chain that continues it, claims included; used by heal-store. */
  heal(entries: readonly SignedEntry[], claims: Claims): Promise<void>;
  /** Changes when the store was restarted, restored or replaced. */
  identity(): Promise<string>;
  /** The store's clock, milliseconds since 1970. */
  now(): Promise<number>;
}

/** Small JSON values by key: registrations, message records, progress. */
export interface Records {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  /** Writes only where the value is still `expected` (undefined: absent). True when written. */
  compareAndSet(key: string, expected: unknown, value: unknown): Promise<boolean>;
  /** Keys with this prefix, sorted, at most `RECORDS_MAX`. */
  keys(prefix: string): Promise<string[]>;
  remove(key: string): Promise<void>;
}

export interface Store extends AsyncDisposable {
  readonly journal: JournalStore;
  readonly records: Records;
}
