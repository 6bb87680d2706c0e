/** Small JSON values by key. */

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entryHash } from '../../../src/domain/journal.ts';
import { entryAfter, noted } from '../entries.ts';
import { ATTEMPTS_MAX, MANY, manyAtOnce, type Space } from './space.ts';

export function records(space: Space): void {
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
    await manyAtOnce(space, async ({ records: store }) => {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
        const count = await store.get('count');
        const next = typeof count === 'number' ? count + 1 : 1;
        if (await store.compareAndSet('count', count, next)) return;
      }
      throw new Error('never won');
    });
    expect(await (await space().open()).records.get('count')).toBe(MANY);
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
