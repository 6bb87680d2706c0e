import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isInside, nextInside, type Window } from '../../src/domain/window.ts';

const window = (from: string, to: string, changes: Partial<Window> = {}): Window => ({
  ...{ host: 'hv-a', zone: 'Europe/Rome', from, to, ...changes },
});
const utc = (text: string): number => Date.parse(`${text}Z`);
const next = (at: string, ...windows: readonly Window[]): string | undefined => {
  const found = nextInside(windows, utc(at));
  return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16);
};
const NIGHT = window('22:00', '05:00');

describe('a maintenance window', () => {
  it('is waited for until it opens, and needs no wait inside', () => {
    expect(next('2026-11-24T12:00')).toBe('2026-11-24T12:00');
    expect(next('2026-11-24T12:00', NIGHT)).toBe('2026-11-24T21:00');
    expect(next('2026-11-24T21:00', NIGHT)).toBe('2026-11-24T21:00');
    expect(next('2026-11-25T03:59', NIGHT)).toBe('2026-11-25T03:59');
    expect(next('2026-11-25T04:00', NIGHT)).toBe('2026-11-25T21:00');
  });

  it('begins on its days, also where it ends on another', () => {
    const weekend = window('22:00', '05:00', { days: [6, 0] });
    // A Tuesday.
    expect(next('2026-11-24T22:00', weekend)).toBe('2026-11-28T21:00');
    expect(next('2026-11-30T03:00', weekend)).toBe('2026-11-30T03:00');
    expect(next('2026-11-30T22:00', weekend)).toBe('2026-12-05T21:00');
  });

  it('of two hosts is where both are open; where they never are, there is none', () => {
    const late = window('23:30', '03:00', { host: 'hv-b' });
    expect(next('2026-11-24T12:00', NIGHT, late)).toBe('2026-11-24T22:30');
    const elsewhere = window('20:00', '21:30', { host: 'hv-b', zone: 'America/New_York' });
    expect(next('2026-11-24T12:00', NIGHT, elsewhere)).toBe('2026-11-25T01:00');
    expect(next('2026-11-24T12:00', NIGHT, window('12:00', '13:00'))).toBeUndefined();
    const monday = window('22:00', '23:00', { days: [1] });
    expect(next('2026-11-24T12:00', monday, window('22:00', '23:00', { days: [2] }))).toBe(
      undefined,
    );
  });

  it('opens when the clocks go on in the night in which they leave its hour out', () => {
    expect(next('2027-03-27T22:00', window('02:30', '04:30'))).toBe('2027-03-28T01:30');
    expect(next('2027-03-27T22:00', window('02:00', '03:00'))).toBe('2027-03-29T00:00');
    // Twice two o'clock: it opens the first time, and lasts an hour longer.
    expect(next('2026-10-24T22:00', window('02:00', '03:00'))).toBe('2026-10-25T00:00');
    expect(next('2026-10-25T01:59', window('02:00', '03:00'))).toBe('2026-10-25T01:59');
  });

  it('whatever it is: the time found is inside, and no earlier one is', () => {
    const time = fc
      .tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 45))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
    const any = fc
      .record({
        zone: fc.constantFrom('Europe/Rome', 'UTC', 'America/New_York', 'Asia/Kolkata'),
        from: time,
        to: time,
        days: fc.option(fc.uniqueArray(fc.nat(6), { minLength: 1 }), { nil: undefined }),
      })
      .filter(({ from, to }) => from !== to)
      .map(({ days, ...rest }) => window(rest.from, rest.to, { ...rest, ...(days && { days }) }));
    const moment = fc
      .integer({ min: utc('2026-03-20T00:00'), max: utc('2027-11-05T00:00') })
      .map((at) => Math.floor(at / 60_000) * 60_000);
    fc.assert(
      fc.property(fc.array(any, { maxLength: 2 }), moment, (windows, at) => {
        const found = nextInside(windows, at);
        const end = found ?? at + 15 * 86_400_000;
        if (found !== undefined) {
          expect(windows.every((one) => isInside(one, found))).toBe(true);
        }
        for (let earlier = at; earlier < end; earlier += 15 * 60_000) {
          expect(windows.every((one) => isInside(one, earlier))).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});
