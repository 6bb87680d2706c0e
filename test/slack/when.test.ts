import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWhen, timeIn } from '../../src/slack/commands/when.ts';
import type { Language } from '../../src/texts/words.ts';
import { codeOf } from '../bot/world.ts';

const ROME = 'Europe/Rome';
/** A Tuesday, 13:20 in Rome. */
const NOW = Date.parse('2026-11-24T12:20:00Z');
const at = (text: string, language: Language = 'en', now = NOW, zone = ROME): string =>
  new Date(timeIn(text, { now, zone, language })).toISOString().slice(0, 16);
const refused = (text: string, now = NOW): Promise<string> =>
  codeOf((async () => at(text, 'en', now))());

describe('a time as it is typed', () => {
  it.each<[Language, string, string]>([
    ['en', '22:00', '2026-11-24T21:00'],
    ['en', 'at 10pm', '2026-11-24T21:00'],
    ['en', '9:00', '2026-11-25T08:00'],
    ['en', 'tonight', '2026-11-24T21:00'],
    ['en', 'tonight at 11', '2026-11-24T22:00'],
    ['en', 'saturday at 3', '2026-11-28T02:00'],
    ['en', 'tomorrow 02:30', '2026-11-25T01:30'],
    ['en', 'in 2 hours', '2026-11-24T14:20'],
    ['en', '2026-12-01 22:00', '2026-12-01T21:00'],
    ['en', '2027-07-01 22:00', '2027-07-01T20:00'],
    ['en', '22:00 UTC', '2026-11-24T22:00'],
    ['it', 'alle 22', '2026-11-24T21:00'],
    ['it', 'stasera', '2026-11-24T21:00'],
    ['it', 'stanotte', '2026-11-24T21:00'],
    ['it', 'sabato alle 3', '2026-11-28T02:00'],
    ['it', 'lunedì alle 22', '2026-11-30T21:00'],
    ['it', 'lunedi alle 22', '2026-11-30T21:00'],
    ['it', 'domani alle 2:30', '2026-11-25T01:30'],
    ['it', '1 dicembre alle 22', '2026-12-01T21:00'],
    ['it', 'tra 2 ore', '2026-11-24T14:20'],
    ['en', 'sabato alle 3', '2026-11-28T02:00'],
    ['it', 'saturday at 3', '2026-11-28T02:00'],
  ])('is meant by the clocks of who types it: in %s, %s', (language, text, wanted) => {
    expect(at(text, language)).toBe(wanted);
  });

  it.each(['fast', '22', 'hv-b', '50MB/s', '22:00 hv-b', 'from 9 to 11', ''])(
    'is none where a word is left: "%s"',
    async (text) => {
      expect(isWhen(text)).toBe(false);
      expect(await refused(text)).toBe('time-unreadable');
    },
  );

  it('is refused where it is over', async () => {
    expect(await refused('yesterday at 3')).toBe('time-past');
    expect(await refused('today at 9:00')).toBe('time-past');
  });
});

describe('the nights in which the clocks of Rome change', () => {
  it('are counted in hours that pass', () => {
    const before = Date.parse('2027-03-27T22:00:00Z');
    expect(at('at 4:00', 'en', before)).toBe('2027-03-28T02:00');
    expect(at('in 4 hours', 'en', before)).toBe('2027-03-28T02:00');
    const autumn = Date.parse('2026-10-24T20:00:00Z');
    expect(at('at 4:00', 'en', autumn)).toBe('2026-10-25T03:00');
    expect(at('in 7 hours', 'en', autumn)).toBe('2026-10-25T03:00');
  });

  it('have an hour that is not, and one that is twice: people say which', async () => {
    const spring = Date.parse('2027-03-27T12:00:00Z');
    expect(await refused('tomorrow at 2:30', spring)).toBe('time-missing');
    const autumn = Date.parse('2026-10-24T12:00:00Z');
    expect(await refused('tomorrow at 2:30', autumn)).toBe('time-twice');
    expect(at('tomorrow at 2:30 +02:00', 'en', autumn)).toBe('2026-10-25T00:30');
    expect(at('tomorrow at 2:30 +01:00', 'en', autumn)).toBe('2026-10-25T01:30');
  });
});

describe('a time of the day, in any zone and at any moment', () => {
  it('is the next moment at which the clocks show it', () => {
    const zones = fc.constantFrom(ROME, 'UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia');
    const moment = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') });
    const time = fc.tuple(fc.nat(23), fc.nat(59));
    fc.assert(
      fc.property(zones, moment, time, (zone, now, [hour, minute]) => {
        const text = [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
        let found: number;
        try {
          found = timeIn(text, { now, zone, language: 'en' });
        } catch (error) {
          // In these nights alone.
          expect((error as { code: string }).code).toMatch(/^time-(missing|twice)$/);
          return;
        }
        expect(found).toBeGreaterThan(now);
        // Clocks go back by an hour at most.
        expect(found - now).toBeLessThanOrEqual(25 * 3_600_000);
        const format = { timeZone: zone, hourCycle: 'h23', timeStyle: 'short' } as const;
        expect(new Intl.DateTimeFormat('en-GB', format).format(found)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
