import { describe, expect, it } from '@jest/globals';
import {
  MERGE_EVENT,
  type MergeView,
  mergeStateOf,
  SIGNS,
  type Sign,
} from '../../../../src/hosts/hyperv/rounds/signs.ts';

const ENDED: MergeView = {
  listed: false,
  busy: false,
  chain: 'expected',
  fileLeft: false,
  event: MERGE_EVENT.ended,
};

/** Each sign, as it is while all others say already that the merge has ended. */
const LATE: Readonly<Record<Sign, Partial<MergeView>>> = {
  checkpoint: { listed: true },
  status: { busy: true },
  chain: { chain: 'other' },
  file: { fileLeft: true },
  event: { event: MERGE_EVENT.began },
};

describe("the signs of a merge's end", () => {
  it('say that it ended when all hold, also when nothing was written to the log', () => {
    expect(mergeStateOf(ENDED)).toEqual({ kind: 'ended', missing: [] });
    expect(mergeStateOf({ ...ENDED, event: undefined }).kind).toBe('ended');
  });

  it.each(SIGNS)('do not say so while "%s" is late, and name it alone', (sign) => {
    const { kind, missing } = mergeStateOf({ ...ENDED, ...LATE[sign] });
    expect(missing).toEqual([sign]);
    expect(kind).toBe(sign === 'status' || sign === 'event' ? 'merging' : 'idle');
  });

  it('never say so while any of them is late, whatever the others say', () => {
    const all = SIGNS.map((_, bit) => 2 ** bit);
    for (let late = 1; late < 2 ** SIGNS.length; late += 1) {
      const signs = SIGNS.filter((_, bit) => (late & (all[bit] ?? 0)) !== 0);
      const view = Object.assign({ ...ENDED }, ...signs.map((sign) => LATE[sign]));
      const { kind, missing } = mergeStateOf(view);
      expect(kind).not.toBe('ended');
      expect(missing).toEqual(signs);
    }
  });

  it.each<[string, Partial<MergeView>, Sign]>([
    ['a chain', { chain: 'unread' }, 'chain'],
    ['the log', { event: 'unread' }, 'event'],
  ])('take %s that cannot be read for one that says nothing', (_, change, sign) => {
    expect(mergeStateOf({ ...ENDED, ...change })).toEqual({ kind: 'idle', missing: [sign] });
  });

  it('say that a merge failed once 19100 is the newest event, and nothing goes on', () => {
    const failed = { ...ENDED, event: MERGE_EVENT.failed };
    expect(mergeStateOf(failed)).toEqual({ kind: 'failed', missing: ['event'] });
    const left: MergeView = { ...failed, chain: 'other', fileLeft: true };
    expect(mergeStateOf(left)).toEqual({ kind: 'failed', missing: ['chain', 'file', 'event'] });
    expect(mergeStateOf({ ...left, busy: true }).kind).toBe('merging');
  });

  it('wait for what was interrupted', () => {
    const interrupted = { ...ENDED, event: MERGE_EVENT.interrupted };
    expect(mergeStateOf(interrupted)).toEqual({ kind: 'merging', missing: ['event'] });
  });
});
