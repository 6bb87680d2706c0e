import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDuration, readRate } from '../../src/slack/commands/values.ts';

describe('a rate', () => {
  it.each([
    ['50MB/s', 50e6],
    ['50 MB/s', 50e6],
    ['50mb/s', 50e6],
    ['50MB', 50e6],
    ['400Mbit/s', 50e6],
    ['400 mbit/s', 50e6],
    ['1Gbit/s', 125e6],
    ['1.5GiB/s', 1.5 * 1024 ** 3],
    ['1,5 GiB/s', 1.5 * 1024 ** 3],
    ['100MBps', 100e6],
    ['1000B/s', 1000],
  ])('%j is %d bytes a second', (text, bytesPerSecond) => {
    expect(readRate(text)).toBe(bytesPerSecond);
  });

  it.each(['50', '50MB/min', 'MB/s', '-5MB/s', '1e9MB/s', '0MB/s', '1iB/s', '50Mb/s', '9999TB/s'])(
    '%j is none: nobody should guess what is meant',
    (text) => {
      expect(readRate(text)).toBeUndefined();
    },
  );

  it('is a whole number of bytes that a stream can be limited to, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', size: 'max', maxLength: 60 }), (text) => {
        const rate = readRate(text) ?? 1000;
        expect(Number.isInteger(rate) && rate >= 1000 && rate <= 1e12).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), (amount) => {
        expect(readRate(`${amount}kB/s`)).toBe(amount * 1000);
        expect(readRate(`${amount} KiB/s`)).toBe(amount * 1024);
      }),
    );
  });
});

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['90 s', 90],
    ['90 sec', 90],
    ['2m', 120],
    ['2 min', 120],
    ['1m30s', 90],
    ['1m 30s', 90],
    ['1h', 3600],
    ['24h', 86_400],
  ])('%j is %d seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });

  it.each(['', '90', '0s', '-1s', '1.5m', '25h', '90x', 's'])('%j is none', (text) => {
    expect(readDuration(text)).toBeUndefined();
  });

  it('reads what hours, minutes and seconds make together', () => {
    const parts = fc.tuple(fc.nat(23), fc.nat(59), fc.integer({ min: 1, max: 59 }));
    fc.assert(
      fc.property(parts, ([hours, minutes, seconds]) => {
        const all = hours * 3600 + minutes * 60 + seconds;
        expect(readDuration(`${hours}h${minutes}m${seconds}s`)).toBe(all);
      }),
    );
  });
});
