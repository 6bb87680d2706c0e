/** The index of changes, which bot and workers follow. */

import { expect, it } from '@jest/globals';
import { chainOf, noted } from '../entries.ts';
import { appendSomewhere, type Space, write } from './space.ts';

export function changes(space: Space): void {
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
