/** Putting back what a store lost. */

import { expect, it } from '@jest/globals';
import { chainOf, closed, entryAfter, noted } from '../entries.ts';
import { type Space, write } from './space.ts';

export function heals(space: Space): void {
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
