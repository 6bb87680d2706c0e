import { describe, expect, it } from '@jest/globals';
import { ShortLived } from '../../../src/lab/slack/short-lived.ts';

const TARGET = { userId: 'U-OPERATOR', channel: 'C-MIGRATIONS' };

function atTime() {
  const clock = { nowMs: 1_000_000 };
  return { clock, given: new ShortLived(() => clock.nowMs) };
}

describe('a trigger id', () => {
  it('works once, within 3 s', () => {
    const { clock, given } = atTime();
    const id = given.giveTrigger('U-OPERATOR');
    clock.nowMs += 3_000;
    expect(given.useTrigger(id, String)).toBe('U-OPERATOR');
    expect(() => given.useTrigger(id, String)).toThrow('exchanged_trigger_id');
  });

  it('is expired after 3 s, and invalid when never given', () => {
    const { clock, given } = atTime();
    const id = given.giveTrigger('U-OPERATOR');
    clock.nowMs += 3_001;
    expect(() => given.useTrigger(id, String)).toThrow('expired_trigger_id');
    expect(() => given.useTrigger('1.2.3', String)).toThrow('invalid_trigger_id');
  });
});

describe('a response_url', () => {
  it('works five times', () => {
    const { given } = atTime();
    const id = given.giveResponse(TARGET);
    for (let use = 1; use <= 5; use += 1) {
      expect(given.takeResponse(id)).toEqual(TARGET);
    }
    expect(() => given.takeResponse(id)).toThrow('used_url');
  });

  it('works for 30 minutes', () => {
    const { clock, given } = atTime();
    const id = given.giveResponse(TARGET);
    clock.nowMs += 30 * 60_000;
    expect(given.takeResponse(id)).toEqual(TARGET);
    clock.nowMs += 1;
    expect(() => given.takeResponse(id)).toThrow('expired_url');
  });
});
