import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NEAREST_MAX, nearest } from '../../src/slack/commands/near.ts';

const VMS = ['dc01', 'dc02', 'mail', 'rds-01', 'rds-02', 'sql', 'file-server'];

/** One slip of the fingers: a letter left out, added, changed, or two that changed places. */
const SLIPS = [
  (before: string, _: string, after: string) => before + after,
  (before: string, here: string, after: string) => `${before}${here}#${after}`,
  (before: string, _: string, after: string) => `${before}#${after}`,
  (before: string, here: string, after: string) =>
    `${before}${after.charAt(0)}${here}${after.slice(1)}`,
];

const slip = (name: string) =>
  fc
    .tuple(fc.nat(name.length - 1), fc.constantFrom(...SLIPS))
    .map(([at, slipped]) => slipped(name.slice(0, at), name.charAt(at), name.slice(at + 1)));

describe('did you mean', () => {
  it('finds a name of three letters or more with one slip', () => {
    const names = fc.stringMatching(/^[a-z][a-z0-9-]{2,20}$/);
    const typed = names.chain((name) => fc.tuple(fc.constant(name), slip(name)));
    fc.assert(
      fc.property(typed, ([name, wrong]) => {
        expect(nearest(wrong, [name])).toEqual([name]);
        expect(nearest(wrong.toUpperCase(), [name])).toEqual([name]);
      }),
    );
  });

  it('finds nothing in gibberish', () => {
    const names = fc.array(fc.stringMatching(/^[a-m0-9-]{1,30}$/), { maxLength: 30 });
    const gibberish = fc.stringMatching(/^[n-z!?]{1,40}$/);
    fc.assert(
      fc.property(names, gibberish, (known, typed) => {
        expect(nearest(typed, known)).toEqual([]);
      }),
    );
  });

  it('never names more than three, nor one that is not known', () => {
    const odd = fc.string({ unit: 'binary', size: 'max', maxLength: 60 });
    fc.assert(
      fc.property(odd, fc.array(odd, { maxLength: 30 }), (typed, known) => {
        const found = nearest(typed, known);
        expect(found.length).toBeLessThanOrEqual(NEAREST_MAX);
        for (const name of found) expect(known).toContain(name);
      }),
    );
  });

  it.each([
    ['dc03', ['dc01', 'dc02']],
    ['DC01', ['dc01', 'dc02']],
    ['cd01', ['dc01']],
    ['rds', ['rds-01', 'rds-02']],
    ['file', ['file-server']],
    ['fileserver', ['file-server']],
    ['maill', ['mail']],
    ['f', []],
    ['exchange', []],
    ['', []],
  ])('for %j names %j', (typed, names) => {
    expect(nearest(typed, VMS)).toEqual(names);
  });
});
