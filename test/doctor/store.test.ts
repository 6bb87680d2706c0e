import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CLOCK_SECONDS_MAX, clockFinding, storeFindings } from '../../src/doctor/store.ts';
import { Problem } from '../../src/domain/problem.ts';
import { storeUrl } from '../store/server.ts';
import { told } from './words.ts';

const clock = (now: () => Promise<number>) => clockFinding('bot', { now });

describe("the doctor's look at the store", () => {
  it('opens it anew and tells its kind and settings, without its password', async () => {
    const found = await storeFindings('bot', storeUrl());
    expect(told(found)).toEqual(['ok doctor-store-ok', 'ok doctor-clock-ok']);
    expect(found[0]?.facts).toMatchObject({ kind: 'PostgreSQL', settings: expect.anything() });
    expect(JSON.stringify(found)).not.toContain(new URL(storeUrl()).password);
  });

  it('says that it does not answer, and that its clock is not known', async () => {
    const found = await storeFindings('bot', 'redis://:secret@127.0.0.1:1');
    expect(told(found)).toEqual(['blocker store-unreachable', 'unknown doctor-clock-unknown']);
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it.each([
    [0, 'ok'],
    [CLOCK_SECONDS_MAX - 1, 'ok'],
    [CLOCK_SECONDS_MAX + 30, 'warning'],
    [-CLOCK_SECONDS_MAX - 30, 'warning'],
  ])('judges a store clock that is %i s ahead: %s', async (seconds, severity) => {
    const finding = await clock(async () => Date.now() + seconds * 1000);
    expect(finding.severity).toBe(severity);
    expect(Math.sign(Number(finding.facts.seconds))).toBe(Math.sign(seconds));
    told([finding]);
  });

  it('takes the time of a slow call for no difference', async () => {
    const { facts } = await clock(async () => {
      const start = Date.now();
      await pause(300);
      return (start + Date.now()) / 2;
    });
    expect(facts.seconds).toBe(0);
  });

  it('does not know the clock of a store that fails meanwhile', async () => {
    const finding = await clock(async () => {
      throw new Problem('store-unreachable', { url: 'x' });
    });
    expect(told([finding])).toEqual(['unknown doctor-clock-unknown']);
  });
});
