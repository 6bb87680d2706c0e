import { describe, expect, it } from '@jest/globals';
import { shared } from '../../src/bot/shared.ts';

/** Looks that end when the test says so. */
function slowLooks() {
  const looks: PromiseWithResolvers<string>[] = [];
  const ask = shared(() => {
    const look = Promise.withResolvers<string>();
    looks.push(look);
    return look.promise;
  });
  return { looks, ask };
}

const turn = () => new Promise(setImmediate);

describe('a shared look', () => {
  it('is one for all who ask at the same time', async () => {
    const { looks, ask } = slowLooks();
    const asked = [ask(), ask(), ask()];
    await turn();
    expect(looks).toHaveLength(1);
    looks[0]?.resolve('seen');
    expect(await Promise.all(asked)).toEqual(['seen', 'seen', 'seen']);
  });

  it('is never one that was begun before the question', async () => {
    const { looks, ask } = slowLooks();
    const first = ask();
    await turn();
    const later = [ask(), ask()];
    await turn();
    expect(looks).toHaveLength(1);
    looks[0]?.resolve('old');
    expect(await first).toBe('old');
    await turn();
    expect(looks).toHaveLength(2);
    looks[1]?.resolve('new');
    expect(await Promise.all(later)).toEqual(['new', 'new']);
  });

  it('fails for all who asked for it, and not for those after them', async () => {
    const { looks, ask } = slowLooks();
    const asked = [ask(), ask()];
    await turn();
    const later = ask();
    looks[0]?.reject(new Error('The store is away'));
    for (const one of asked) await expect(one).rejects.toThrow('The store is away');
    await turn();
    looks[1]?.resolve('seen');
    expect(await later).toBe('seen');
  });
});
