import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atMost } from '../../src/bot/at-most.ts';

const turn = () => new Promise(setImmediate);

describe('a few at a time', () => {
  it('are never more, begin in the order of the calls, and all come to their end', async () => {
    const ends = fc.array(
      fc.record({ turns: fc.integer({ min: 1, max: 3 }), fails: fc.boolean() }),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), ends, async (max, pieces) => {
        const inTurn = atMost(max);
        const begun: number[] = [];
        let running = 0;
        let most = 0;
        const results = await Promise.allSettled(
          pieces.map(({ turns, fails }, index) =>
            inTurn(async () => {
              begun.push(index);
              running += 1;
              most = Math.max(most, running);
              for (let passed = 0; passed < turns; passed += 1) await turn();
              running -= 1;
              if (fails) throw new Error('It failed');
              return index;
            }),
          ),
        );
        expect(most).toBe(Math.min(max, pieces.length));
        expect(begun).toEqual(pieces.map((_, index) => index));
        expect(results.map(({ status }) => status === 'rejected')).toEqual(
          pieces.map(({ fails }) => fails),
        );
      }),
    );
  });
});
