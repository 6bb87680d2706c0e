/** What every store promises, run on each kind of server. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entryHash, type SignedEntry } from '../../src/domain/journal.ts';
import { openStore } from '../../src/store/open.ts';
import type { JournalStore, Store } from '../../src/store/store.ts';
import { chainOf, closed, entryAfter, noted } from '../store/entries.ts';
import { dropNamespace, freshNamespace, overwriteLastEntry } from '../store/server.ts';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

const APPENDERS = 20;
/** A loser tries again; each round lets one win. */
const ATTEMPTS_MAX = 200;

type Space = () => { readonly url: string; readonly namespace: string; open(): Promise<Store> };

export function storeContract(name: string, start: () => Promise<TestServer>): void {
  describe(`a store on ${name}`, () => {
    let server: TestServer;
    let namespace = '';
    let opened: Store[] = [];

    beforeAll(async () => {
      server = await start();
    });
    afterEach(async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      opened = [];
      if (namespace !== '') await dropNamespace(server.url, namespace);
      namespace = '';
    });
    afterAll(() => server?.stop());

    const space: Space = () => {
      if (namespace === '') namespace = freshNamespace();
      return {
        url: server.url,
        namespace,
        async open() {
          const store = await openStore(server.url, { namespace });
          opened.push(store);
          return store;
        },
      };
    };

    describe('journal', () => appends(space));
    describe('claims', () => claims(space));
    describe('changes', () => changes(space));
    describe('heal', () => heals(space));
    describe('records', () => records(space));
  });
}

/** Appends `bodies` one after the other and returns the signed entries. */
async function write(journal: JournalStore, chain: readonly SignedEntry[]): Promise<void> {
  for (const entry of chain) {
    expect(await journal.append(entry)).toMatchObject({ result: 'appended' });
  }
}

/** Appends behind whatever is last, as often as it takes. */
async function appendSomewhere(journal: JournalStore, operation: string, text: string) {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const last = (await journal.read(operation)).at(-1);
    const { result } = await journal.append(entryAfter(last, operation, noted(text)));
    if (result === 'appended') return;
  }
  throw new Error(`${text} found no position in ${ATTEMPTS_MAX} attempts`);
}

function appends(space: Space): void {
  it('returns entries in their order, with the clock of the store', async () => {
    const { journal } = await space().open();
    const before = await journal.now();
    const chain = chainOf('m1', [noted('a'), noted('b'), noted('c')]);
    await write(journal, chain);
    const entries = await journal.read('m1');
    expect(entries.map(({ at: _, ...entry }) => entry)).toEqual(chain);
    const clock = [before, ...entries.map(({ at }) => at), await journal.now()];
    expect(clock).toEqual(clock.toSorted((a, b) => a - b));
  });

  it('answers with what it wrote', async () => {
    const { journal } = await space().open();
    const answer = await journal.append(entryAfter(undefined, 'm1'));
    expect(answer).toEqual({ result: 'appended', entry: (await journal.read('m1'))[0] });
  });

  it('knows nothing of an operation that was never opened', async () => {
    const { journal } = await space().open();
    expect(await journal.read('m99')).toEqual([]);
    expect(await journal.holder('vm:none')).toBeUndefined();
  });

  it('loses a position that is taken, skipped, or follows another entry', async () => {
    const { journal } = await space().open();
    const [first, second, third] = chainOf('m1', [noted('a'), noted('b'), noted('c')]);
    if (!first || !second || !third) throw new Error('three entries');
    await write(journal, [first]);
    expect(await journal.append(first)).toEqual({ result: 'lost' });
    expect(await journal.append(third)).toEqual({ result: 'lost' });
    expect(await journal.append({ ...second, previous: 'other' })).toEqual({ result: 'lost' });
    expect(await journal.append({ ...second, previous: '' })).toEqual({ result: 'lost' });
    expect(await journal.read('m1')).toHaveLength(1);
  });

  it(`gives each of ${APPENDERS} concurrent writers a position, and each entry once`, async () => {
    const stores = await Promise.all([space().open(), space().open()]);
    const texts = Array.from({ length: APPENDERS }, (_, index) => `writer ${index}`);
    await Promise.all(
      texts.map((text, index) => {
        const store = stores[index % stores.length];
        return store && appendSomewhere(store.journal, 'm1', text);
      }),
    );
    const entries = (await stores[0]?.journal.read('m1')) ?? [];
    const written = entries.map(({ body }) => (body.kind === 'cancelled' ? body.by : ''));
    expect(written.toSorted()).toEqual(texts.toSorted());
    entries.forEach((entry, index) => {
      const before = entries[index - 1];
      expect(entry.previous).toBe(before ? entryHash(before) : '');
    });
  });

  it('lists operations, newest first, and which are not closed, oldest first', async () => {
    const { journal } = await space().open();
    for (const operation of ['m1', 'm2', 'm3'])
      await write(journal, chainOf(operation, [noted('')]));
    const [last] = await journal.read('m2');
    await journal.append(entryAfter(last, 'm2', closed));
    await appendSomewhere(journal, 'm1', 'more');
    expect(await journal.open()).toEqual(['m1', 'm3']);
    expect(await journal.list(2)).toEqual(['m3', 'm2']);
    expect(await journal.list(100)).toEqual(['m3', 'm2', 'm1']);
    expect(await journal.list(0)).toEqual([]);
  });

  it('numbers operations once, also for concurrent callers', async () => {
    const stores = await Promise.all([space().open(), space().open()]);
    const names = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stores[index % 2]?.journal.nextOperation()),
    );
    expect(new Set(names).size).toBe(20);
    expect(names.every((name) => /^m\d+$/.test(name ?? ''))).toBe(true);
  });

  it('is the same store for everyone who asks', async () => {
    const [one, other] = await Promise.all([space().open(), space().open()]);
    expect(await one.journal.identity()).toBe(await other.journal.identity());
  });

  it('says which entry somebody else has overwritten', async () => {
    const { url, namespace, open } = space();
    const { journal } = await open();
    await write(journal, chainOf('m1', [noted('a'), noted('b')]));
    for (const text of [
      '{',
      'null',
      '{"operation":"m1"}',
      JSON.stringify(chainOf('m2', [closed])[0]),
    ]) {
      await overwriteLastEntry(url, { namespace, operation: 'm1', text });
      await expect(journal.read('m1')).rejects.toMatchObject({
        code: 'journal-damaged',
        facts: { operation: 'm1', position: 2 },
      });
    }
  });
}

function claims(space: Space): void {
  it('takes a claim with the entry, and names the holder to everyone else', async () => {
    const { journal } = await space().open();
    const first = entryAfter(undefined, 'm1');
    await journal.append(first, { take: ['vm:1', 'copy:1@hv-b'] });
    expect(await journal.holder('vm:1')).toBe('m1');
    const refused = await journal.append(entryAfter(undefined, 'm2'), { take: ['vm:2', 'vm:1'] });
    expect(refused).toEqual({ result: 'claimed', claim: 'vm:1', holder: 'm1' });
    expect(await journal.read('m2')).toEqual([]);
    expect(await journal.holder('vm:2')).toBeUndefined();
    expect(await journal.open()).toEqual(['m1']);
    const again = await journal.append(entryAfter(first, 'm1'), { take: ['vm:1'] });
    expect(again.result).toBe('appended');
  });

  it('does not take a claim with an entry that lost its position', async () => {
    const { journal } = await space().open();
    await write(journal, chainOf('m1', [noted('a')]));
    await journal.append(entryAfter(undefined, 'm1'), { take: ['vm:1'] });
    expect(await journal.holder('vm:1')).toBeUndefined();
  });

  it('releases a claim only for its holder', async () => {
    const { journal } = await space().open();
    const first = entryAfter(undefined, 'm1');
    await journal.append(first, { take: ['vm:1'] });
    await journal.append(entryAfter(undefined, 'm2'), { release: ['vm:1'] });
    expect(await journal.holder('vm:1')).toBe('m1');
    await journal.append(entryAfter(first, 'm1'), { release: ['vm:1', 'vm:unknown'] });
    expect(await journal.holder('vm:1')).toBeUndefined();
  });

  it('gives a claim to one of many who ask at once', async () => {
    const stores = await Promise.all([space().open(), space().open()]);
    const answers = await Promise.all(
      Array.from({ length: APPENDERS }, (_, index) =>
        stores[index % 2]?.journal.append(entryAfter(undefined, `m${index}`), { take: ['vm:1'] }),
      ),
    );
    const winners = answers.filter((answer) => answer?.result === 'appended');
    expect(winners).toHaveLength(1);
    expect(await stores[0]?.journal.open()).toHaveLength(1);
  });
}

function changes(space: Space): void {
  it('tells each changed operation once, and nothing when nothing changed', async () => {
    const { journal } = await space().open();
    const empty = await journal.changes(0);
    expect(empty.operations).toEqual([]);
    await write(journal, chainOf('m1', [noted('a'), noted('b')]));
    await write(journal, chainOf('m2', [noted('a')]));
    const all = await journal.changes(empty.cursor);
    expect(all.operations).toEqual(['m1', 'm2']);
    expect(await journal.changes(all.cursor)).toEqual({ cursor: all.cursor, operations: [] });
    await appendSomewhere(journal, 'm1', 'more');
    const next = await journal.changes(all.cursor);
    expect(next.operations).toEqual(['m1']);
    expect((await journal.changes(0)).operations).toEqual(['m2', 'm1']);
  });

  it('tells everything to a cursor that comes from a store that is no more', async () => {
    const { journal } = await space().open();
    await write(journal, chainOf('m1', [noted('a')]));
    const { cursor } = await journal.changes(0);
    expect(await journal.changes(cursor + 1_000_000)).toEqual({ cursor, operations: ['m1'] });
  });

  it('never misses a change while many write', async () => {
    const writers = await Promise.all([space().open(), space().open(), space().open()]);
    const { journal } = await space().open();
    const seen = new Map<string, number>();
    let cursor = 0;
    const look = async () => {
      const found = await journal.changes(cursor);
      cursor = found.cursor;
      for (const operation of found.operations) {
        seen.set(operation, (await journal.read(operation)).length);
      }
    };

    let writing = true;
    const reading = (async () => {
      while (writing) await look();
    })();
    await Promise.all(
      writers.map(async (store, index) => {
        for (let round = 0; round < 10; round += 1) {
          await appendSomewhere(store.journal, `m${round % 4}`, `${index}`);
        }
      }),
    );
    writing = false;
    await reading;
    await look();
    const lengths = new Map<string, number>();
    for (const operation of await journal.list(10)) {
      lengths.set(operation, (await journal.read(operation)).length);
    }
    expect(seen).toEqual(lengths);
    expect([...lengths.values()].reduce((sum, length) => sum + length, 0)).toBe(30);
  });
}

function heals(space: Space): void {
  const chain = chainOf('m5', [noted('a'), noted('b'), noted('c')]);

  it('puts a lost journal back, with its claims', async () => {
    const { journal } = await space().open();
    await journal.heal(chain, { take: ['vm:1'] });
    const entries = await journal.read('m5');
    expect(entries.map(({ at: _, ...entry }) => entry)).toEqual(chain);
    expect(await journal.open()).toEqual(['m5']);
    expect(await journal.holder('vm:1')).toBe('m5');
    expect((await journal.changes(0)).operations).toEqual(['m5']);
    expect(await journal.append(entryAfter(chain[2], 'm5'))).toMatchObject({ result: 'appended' });
  });

  it('adds what is missing and keeps the times of what is there', async () => {
    const { journal } = await space().open();
    await journal.append(entryAfter(undefined, 'm5', noted('a')), { take: ['vm:1', 'vm:2'] });
    const [kept] = await journal.read('m5');
    const { cursor } = await journal.changes(0);
    await journal.heal([...chain, entryAfter(chain[2], 'm5', closed)], { release: ['vm:1'] });
    const entries = await journal.read('m5');
    expect(entries).toHaveLength(4);
    expect(entries[0]).toEqual(kept);
    expect(await journal.open()).toEqual([]);
    expect(await journal.holder('vm:1')).toBeUndefined();
    expect(await journal.holder('vm:2')).toBe('m5');
    expect((await journal.changes(cursor)).operations).toEqual(['m5']);
  });

  it('can be done by everyone who has the same chain', async () => {
    const [one, other] = await Promise.all([space().open(), space().open()]);
    await one.journal.heal(chain, {});
    const before = await one.journal.read('m5');
    await other.journal.heal(chain, {});
    expect(await one.journal.read('m5')).toEqual(before);
  });

  it('refuses what is shorter or differs from what is there, and changes nothing', async () => {
    const { journal } = await space().open();
    await write(journal, chain);
    const before = await journal.read('m5');
    const fork = chainOf('m5', [noted('a'), noted('other'), noted('c'), noted('d')]);
    for (const offered of [chain.slice(0, 2), fork]) {
      await expect(journal.heal(offered, { take: ['vm:1'] })).rejects.toMatchObject({
        code: 'journal-not-a-continuation',
      });
    }
    expect(await journal.read('m5')).toEqual(before);
    expect(await journal.holder('vm:1')).toBeUndefined();
  });

  it('refuses entries that are no chain', async () => {
    const { journal } = await space().open();
    const [first, second, third] = chain;
    if (!first || !second || !third) throw new Error('three entries');
    const broken = [
      [],
      [second],
      [first, third],
      [first, { ...second, operation: 'm6' }],
      [first, { ...second, previous: 'other' }, third],
    ];
    for (const offered of broken) {
      await expect(journal.heal(offered, {})).rejects.toMatchObject({
        code: 'journal-chain-broken',
      });
    }
    expect(await journal.list(10)).toEqual([]);
  });

  it('refuses when a claim belongs to someone else', async () => {
    const { journal } = await space().open();
    await journal.append(entryAfter(undefined, 'm1'), { take: ['vm:1'] });
    await expect(journal.heal(chain, { take: ['vm:1'] })).rejects.toMatchObject({
      code: 'journal-claim-held',
      facts: { operation: 'm5', claim: 'vm:1', holder: 'm1' },
    });
    expect(await journal.read('m5')).toEqual([]);
  });

  it('never gives the number of a healed operation again', async () => {
    const { journal } = await space().open();
    await journal.heal(chain, {});
    expect(await journal.nextOperation()).toBe('m6');
  });
}

function records(space: Space): void {
  it('keeps, replaces and removes values', async () => {
    const { records: store } = await space().open();
    expect(await store.get('a')).toBeUndefined();
    await store.put('a', { n: 1 });
    await store.put('a', { n: 2 });
    expect(await store.get('a')).toEqual({ n: 2 });
    await store.remove('a');
    await store.remove('a');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.keys('')).toEqual([]);
  });

  it('lists the keys with a prefix, sorted', async () => {
    const { records: store } = await space().open();
    const keys = ['host/hv-b', 'host/hv-a', 'host', 'hosts/x', 'host/ü', 'host/%', 'message/1'];
    for (const key of keys) await store.put(key, 1);
    expect(await store.keys('host/')).toEqual(['host/%', 'host/hv-a', 'host/hv-b', 'host/ü']);
    expect(await store.keys('')).toHaveLength(keys.length);
    expect(await store.keys('none')).toEqual([]);
  });

  it('writes only where the value is still the expected one, whatever the order of its fields', async () => {
    const { records: store } = await space().open();
    expect(await store.compareAndSet('a', { n: 0 }, 1)).toBe(false);
    expect(await store.compareAndSet('a', undefined, { n: 1, m: [1, { b: 1, a: 2 }] })).toBe(true);
    expect(await store.compareAndSet('a', undefined, 'other')).toBe(false);
    expect(await store.compareAndSet('a', { n: 1, m: [] }, 'other')).toBe(false);
    expect(await store.compareAndSet('a', { m: [1, { a: 2, b: 1 }], n: 1 }, null)).toBe(true);
    expect(await store.compareAndSet('a', undefined, 'other')).toBe(false);
    expect(await store.compareAndSet('a', null, 'last')).toBe(true);
    expect(await store.get('a')).toBe('last');
    expect(await store.keys('')).toEqual(['a']);
  });

  it('loses no increment of many at once', async () => {
    const stores = await Promise.all([space().open(), space().open()]);
    const increment = async ({ records: store }: Store) => {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
        const count = await store.get('count');
        const next = typeof count === 'number' ? count + 1 : 1;
        if (await store.compareAndSet('count', count, next)) return;
      }
      throw new Error('never won');
    };
    const work = Array.from({ length: APPENDERS }, (_, index) => stores[index % 2]);
    await Promise.all(work.map((store) => store && increment(store)));
    expect(await stores[0]?.records.get('count')).toBe(APPENDERS);
  });

  it('returns any JSON as it was, in records and in entries', async () => {
    const { journal, records: store } = await space().open();
    let runs = 0;
    const roundTrip = async (value: unknown, text: string) => {
      await store.put('any', value);
      expect(await store.get('any')).toEqual(JSON.parse(JSON.stringify(value)));
      runs += 1;
      const entry = entryAfter(undefined, `m${runs}`, noted(text));
      expect((await journal.append(entry)).result).toBe('appended');
      expect((await journal.read(`m${runs}`)).map(entryHash)).toEqual([entryHash(entry)]);
    };
    const text = fc.string({ unit: 'binary' });
    await roundTrip({ a: '\u0000 \ud800 \' " \\ $1 %s', __proto: null }, '\u0000\ud800\'"\\$1');
    await fc.assert(fc.asyncProperty(fc.jsonValue(), text, roundTrip), { numRuns: 30 });
  });
}
