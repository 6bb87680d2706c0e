import { describe, expect, it } from '@jest/globals';
import { ageSecondsMax, alignmentOf } from '../../src/fleet/alignment.ts';
import { followed, orderSchema } from '../../src/fleet/order.ts';
import { done, failed, journal, START, started } from '../migration/journals.ts';

const FIRST = [
  done('trackChanges'),
  done('copyWholeDisks', 'run', { bytesSent: 1000, seconds: 5, bytesRead: 1000 }),
].flat();
const round = (number: number) =>
  done('keepAligned', 'run', { round: number, bytesSent: 10, seconds: 1 });

describe('how old a copy is', () => {
  it('nothing is in it before the first round is whole', () => {
    expect(alignmentOf(journal(done('trackChanges'), started('copyWholeDisks')))).toEqual({
      round: -1,
    });
  });

  it('the first round is what was frozen when tracking began, not when it was sent', () => {
    expect(alignmentOf(journal(FIRST))).toEqual({
      round: 0,
      freshAt: START + 1000,
      bytesSent: 1000,
      seconds: 5,
    });
  });

  it('each next one is as the guest was when its round began', () => {
    const entries = journal(FIRST, round(1), round(2));
    const begun = entries.findLast(({ body }) => body.kind === 'started')?.at;
    expect(alignmentOf(entries)).toMatchObject({ round: 2, freshAt: begun, bytesSent: 10 });
  });

  it('a round that was begun and is not committed counts for nothing', () => {
    const before = alignmentOf(journal(FIRST, round(1)));
    expect(alignmentOf(journal(FIRST, round(1), started('keepAligned')))).toEqual(before);
  });

  it('says why the newest try failed until one goes well', () => {
    const tried = journal(FIRST, round(1), failed('keepAligned', 'unknown'));
    expect(alignmentOf(tried)).toMatchObject({
      round: 1,
      problem: { code: 'keepAligned-failed' },
    });
    const mended = journal(FIRST, failed('keepAligned', 'unknown'), round(2));
    expect(alignmentOf(mended).problem).toBeUndefined();
  });

  it('is too old when a second round was due and has not come', () => {
    expect(ageSecondsMax(900)).toBe(1800);
  });
});

describe('a standing order', () => {
  const order = { source: 'hv-a', target: 'hv-b' };

  it('goes on from where the VM is, and turns round when it came to its copy', () => {
    expect(followed(order, 'hv-b')).toEqual({ source: 'hv-b', target: 'hv-a' });
    expect(followed(order, 'hv-c')).toEqual({ source: 'hv-c', target: 'hv-b' });
    expect(followed(order, 'hv-a')).toEqual(order);
  });

  it('is refused where it is not whole', () => {
    const whole = {
      ...{ vm: { id: 'x', name: 'dc02' }, ...order, everySeconds: 900 },
      ...{ user: 'U1', channel: 'C1', at: 1 },
    };
    expect(orderSchema.parse(whole)).toEqual(whole);
    for (const key of Object.keys(whole)) {
      const { [key as keyof typeof whole]: _, ...rest } = whole;
      expect(orderSchema.safeParse(rest).success).toBe(false);
    }
    expect(orderSchema.safeParse({ ...whole, everySeconds: 0 }).success).toBe(false);
  });
});
