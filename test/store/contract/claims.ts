/** Claims change with an entry or not at all. */

import { expect, it } from '@jest/globals';
import { chainOf, entryAfter, noted } from '../entries.ts';
import { manyAtOnce, type Space, write } from './space.ts';

export function claims(space: Space): void {
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
    const answers = await manyAtOnce(space, ({ journal }, index) =>
      journal.append(entryAfter(undefined, `m${index}`), { take: ['vm:1'] }),
    );
    expect(answers.filter(({ result }) => result === 'appended')).toHaveLength(1);
    expect(await (await space().open()).journal.open()).toHaveLength(1);
  });
}
