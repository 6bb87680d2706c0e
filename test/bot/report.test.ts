import { describe, expect, it } from '@jest/globals';
import { logRing } from '../../src/bot/log-ring.ts';
import { reportOf } from '../../src/bot/report.ts';
import type { Language } from '../../src/texts/words.ts';
import { viewOf } from '../slack/fake-operations.ts';
import { entriesOf, failed, stepsBefore } from './stories.ts';

const WHY = { code: 'guest-will-not-stop', facts: { seconds: 300 } };
const entries = entriesOf([
  ...stepsBefore('stopSource'),
  ...failed('stopSource', 'roll back', WHY),
]);
const report = (logLines: readonly string[] = [], language: Language = 'en') =>
  reportOf({ view: viewOf(), entries, halts: { 'hv-b': WHY }, logLines, language });

describe('the report of an operation', () => {
  it('has its journal, halts, plan and log lines in plain text', () => {
    const text = report(['{"msg":"queue"}']);
    expect(text).toMatch(/source {2}failed .*guest-will-not-stop/);
    expect(text).toContain('hv-b: ');
    expect(text).toContain('"pauseSecondsMax"');
    expect(text).toContain('{"msg":"queue"}');
  });

  it('has the words of its language, and the names of the journal', () => {
    const text = report([], 'it');
    expect(text).toMatch(/^m1: dc02 da hv-a a hv-b\nStato: copying copyWholeDisks\n/);
    expect(text).toContain('# Allarmi');
    expect(text).toContain('non si è arrestata entro 5 min');
    expect(text).toMatch(/source {2}failed .*guest-will-not-stop/);
  });

  it('has no secret in it', () => {
    const text = report([
      'token xoxb-1234-abc and xapp-1-A-b',
      'redis://user:geheim@store:6379 and redis://:geheim@store',
    ]);
    expect(text).not.toMatch(/xoxb-1|xapp-1|geheim/);
    expect(text).toContain('redis://user:[secret]@store:6379');
  });

  it('keeps its beginning and its end within 1 MiB, however much there is', () => {
    const text = report(Array.from({ length: 2000 }, (_, line) => `${line} ${'ü'.repeat(1000)}`));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_048_576);
    expect(text).toMatch(/^m1: dc02/);
    expect(text).toContain('the middle is left out');
    expect(text).toContain('1999 ü');
  });
});

it('the newest log lines are kept, bounded in number and length', () => {
  const ring = logRing();
  for (let line = 0; line < 1000; line += 1) ring.write(`${line} ${'x'.repeat(5000)}\n`);
  expect(ring.lines()).toHaveLength(500);
  expect(ring.lines().at(-1)).toMatch(/^999 x+$/);
  expect(ring.lines()[0]?.length).toBe(2000);
});
