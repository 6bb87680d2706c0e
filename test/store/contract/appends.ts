/** Appending, reading and listing. */

import { expect, it } from '@jest/globals';
import { entryHash } from '../../../src/domain/journal.ts';
import { chainOf, closed, entryAfter, noted } from '../entries.ts';
import { overwriteLastEntry } from '../server.ts';
import { appendSomewhere, MANY, manyAtOnce, type Space, write } from './space.ts';

export function appends(space: Space): void {
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

  it(`gives each of ${MANY} concurrent writers a position, and each entry once`, async () => {
    const texts = await manyAtOnce(space, async ({ journal }, index) => {
      await appendSomewhere(journal, 'm1', `writer ${index}`);
      return `writer ${index}`;
    });
    const entries = await (await space().open()).journal.read('m1');
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
    const names = await manyAtOnce(space, ({ journal }) => journal.nextOperation());
    expect(new Set(names).size).toBe(MANY);
    expect(names.every((name) => /^m\d+$/.test(name))).toBe(true);
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
