import { describe, expect, it } from '@jest/globals';
import { isFirstDelivery } from '../../src/slack/deliveries.ts';
import { edgeOf } from './edge.ts';

describe('deliveries', () => {
  it('count once, also when two come at the same time', async () => {
    const edge = edgeOf();
    const both = await Promise.all([isFirstDelivery(edge, 'a'), isFirstDelivery(edge, 'a')]);
    expect(both.toSorted()).toEqual([false, true]);
    expect(await isFirstDelivery(edge, 'a')).toBe(false);
    expect(await isFirstDelivery(edge, 'b')).toBe(true);
  });

  it('are remembered in a bounded number of records', async () => {
    const edge = edgeOf();
    for (let number = 0; number < 10_000; number += 1) {
      await isFirstDelivery(edge, `delivery ${number}`);
    }
    expect(edge.records.values.size).toBeLessThanOrEqual(4096);
    expect(await isFirstDelivery(edge, 'delivery 9999')).toBe(false);
  });

  it('count as first, and say so, when the store does not answer', async () => {
    const edge = edgeOf();
    const broken = {
      ...edge,
      records: { ...edge.records, get: () => Promise.reject(new Error('store away')) },
    };
    expect(await isFirstDelivery(broken, 'a')).toBe(true);
    expect(edge.logged).toEqual(['slack-delivery-unchecked {"message":"store away","code":"bug"}']);
  });
});
