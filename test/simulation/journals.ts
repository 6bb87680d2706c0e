/** The fake signatures, and what each process remembers of the journals. */

import { createHash } from 'node:crypto';
import {
  type Entry,
  type EntryBody,
  type Role,
  type SignedEntry,
  signedText,
} from '../../src/domain/journal.ts';
import { Problem, Verdict } from '../../src/domain/problem.ts';
import type { Intent, Journal, Memory } from '../../src/migration/ports.ts';
import { DELETE_1, LIVE_1, STREAM_1 } from '../../src/migration/steps.ts';
import { hashOf, storeTime } from './store.ts';
import { type Actor, call, type Kept, type ProcessName, type World } from './world.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Whoever knows how can sign for anyone; the forger of the simulation does not. */
export function signed(unsigned: Omit<SignedEntry, 'signature'>): SignedEntry {
  return { ...unsigned, signature: digest(`${unsigned.author} ${signedText(unsigned)}`) };
}

const sideOfStep = new Map([...STREAM_1, ...LIVE_1, ...DELETE_1].map(({ name, on }) => [name, on]));

function mayWrite(author: Role, body: EntryBody): boolean {
  switch (body.kind) {
    case 'started':
    case 'done':
    case 'failed':
      return sideOfStep.get(body.step) === author;
    case 'opened':
    case 'approved':
    case 'expired':
    case 'settled':
    case 'closed':
    case 'replanned':
    case 'member':
    case 'left':
      return author === 'bot';
    case 'paused':
    case 'resumed':
    case 'limited':
    case 'cancelled':
    case 'retried':
    case 'rollback':
      return true;
  }
}

const genuine = new WeakMap<SignedEntry, boolean>();
function isGenuine(entry: Entry): boolean {
  const known = genuine.get(entry);
  if (known !== undefined) return known;
  const { signature, at: _, ...unsigned } = entry;
  const is = signed(unsigned).signature === signature && mayWrite(entry.author, entry.body);
  genuine.set(entry, is);
  return is;
}

/** How many entries from the first one on are what they claim to be. */
export function genuineLength(entries: readonly Entry[]): number {
  let previous = '';
  for (const [index, entry] of entries.entries()) {
    if (entry.previous !== previous || !isGenuine(entry)) return index;
    previous = hashOf(entry);
  }
  return entries.length;
}

export function verify(entries: readonly Entry[]): void {
  if (entries.length === 0) throw new Verdict('journal-not-opened');
  const length = genuineLength(entries);
  if (length < entries.length) throw new Verdict('journal-forged', { position: length + 1 });
}

export const nextEntry = (
  entries: readonly Entry[],
  { operation, author, body }: { operation: string; author: Role; body: EntryBody },
): SignedEntry => {
  const last = entries.at(-1);
  const previous = last ? hashOf(last) : '';
  return signed({ operation, position: entries.length + 1, previous, author, body });
};

/** The journal with one party's signature. */
export function journalPort(
  world: World,
  actor: Actor,
  roleIn: (operation: string) => Role,
): Journal {
  const { store } = world;
  const ask = <T>(what: string, act: () => T): Promise<T> =>
    call(world, { actor, what: `store.${what}` }, () => {
      if (store.away) throw new Problem('store-unreachable', { what });
      return act();
    });
  return {
    verify,
    read: (operation) => ask('read', () => [...store.read(operation)]),
    identity: () => ask('identity', () => `store-${store.identity}`),
    now: () => ask('now', () => storeTime(world.clock.now())),
    append: (operation, entries, body) =>
      ask('append', () => {
        const entry = nextEntry(entries, { operation, author: roleIn(operation), body });
        const appended = store.append(entry, {});
        if (appended.result === 'claimed') throw new Error('Only an opening entry takes a claim');
        if (appended.result === 'appended') nameWhatComes(actor, body);
        return appended;
      }),
  };
}

function nameWhatComes(actor: Actor, body: EntryBody): void {
  if (body.kind === 'started') actor.during = `${body.move} ${body.step}`;
  if (body.kind === 'done' || body.kind === 'failed') actor.during = `idle ${actor.name}`;
  actor.calls = 0;
}

export function keptOf(world: World, name: Actor['name'], operation: string): Kept {
  const all = world.kept[name];
  const kept = all.get(operation) ?? { seen: [], intents: [] };
  all.set(operation, kept);
  return kept;
}

/** Survives crashes; what the other host told counts as seen. */
export function memoryPort(world: World, actor: Actor): Memory {
  const ask = <T>(what: string, act: () => T): Promise<T> =>
    call(world, { actor, what: `memory.${what}` }, act);
  return {
    remember: (operation, entries) =>
      ask('remember', () => remember(keptOf(world, actor.name, operation), entries)),
    checkNotBehind: (operation, entries) =>
      ask('check', () => checkNotBehind(keptOf(world, actor.name, operation), entries)),
    intents: (operation) => ask('intents', () => [...keptOf(world, actor.name, operation).intents]),
  };
}

export function remember(kept: Kept, entries: readonly Entry[]): void {
  checkContinues(kept.seen.slice(0, entries.length), entries);
  if (entries.length > kept.seen.length) kept.seen = [...entries];
}

export function checkNotBehind({ seen, intents }: Kept, entries: readonly Entry[]): void {
  checkContinues(seen, entries);
  for (const { position, head } of intents) checkHead(entries, { position, head });
}

function checkContinues(seen: readonly Entry[], entries: readonly Entry[]): void {
  for (const entry of seen) {
    if (entries[entry.position - 1] === entry) continue;
    checkHead(entries, { position: entry.position, head: hashOf(entry) });
  }
}

function checkHead(
  entries: readonly Entry[],
  { position, head }: Pick<Intent, 'position' | 'head'>,
): void {
  const found = entries[position - 1];
  if (!found) throw new Problem('journal-behind', { seen: position, found: entries.length });
  if (hashOf(found) !== head) throw new Verdict('journal-diverged', { position });
}

/** What the store lists, and what this process remembers: a store that lost it does not. */
export function operationsOf(world: World, name: ProcessName): string[] {
  return [...new Set([...world.store.operations(), ...world.kept[name].keys()])].toSorted();
}
