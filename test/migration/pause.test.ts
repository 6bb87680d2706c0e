import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import { dutyOf } from '../../src/migration/duties.ts';
import { limitNow } from '../../src/migration/limit.ts';
import { type Next, nextAction, RHYTHM, tasksOf } from '../../src/migration/next-action.ts';
import { secondsAtWork } from '../../src/migration/rest.ts';
import { stateOf } from '../../src/migration/state.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import {
  approved,
  cancelled,
  done,
  expired,
  failed,
  HOUR,
  journal,
  limited,
  opened,
  paused,
  resumed,
  START,
  started,
  upTo,
} from './journals.ts';

const lastOf = (entries: Entry[]): number => entries.at(-1)?.at ?? START;
const next = (entries: Entry[], now = lastOf(entries)): Next => nextAction(STREAM_1, entries, now);
const tasks = (entries: Entry[]): string[] =>
  tasksOf(next(entries)).map(({ move, step }) => `${move} ${step}`);
const DAY = 24 * HOUR;

describe('a paused migration', () => {
  it.each([
    ['before its first step', []],
    ['in the middle of a copy', [...upTo('copyWholeDisks'), started('copyWholeDisks')]],
    ['while it asks', upTo('catchUp')],
    ['while it keeps the copy warm', [...upTo('catchUp'), started('catchUp', 'keepWarm')]],
    ['approved, before anybody acted upon it', [...upTo('catchUp'), approved(START + HOUR)]],
  ])('has nothing to do: %s', (_, before) => {
    const entries = journal(...before, paused);
    expect(next(entries)).toEqual({ kind: 'paused', by: 'U7', expiresAt: lastOf(entries) + DAY });
    expect(tasks(entries)).toEqual([]);
    expect(dutyOf(entries, lastOf(entries))).toBeUndefined();
  });

  it('goes on where it was when it is resumed', () => {
    const copying = [...upTo('copyWholeDisks'), started('copyWholeDisks')];
    expect(tasks(journal(...copying, paused, resumed))).toEqual(['run copyWholeDisks']);
    const warming = [...upTo('catchUp'), started('catchUp', 'keepWarm')];
    expect(tasksOf(next(journal(...warming, paused, resumed)))).toMatchObject([
      { step: 'catchUp', move: 'keepWarm', notBefore: 0 },
    ]);
  });

  it('is paused by the first who asked, however often it is asked', () => {
    const again: EntryBody = { kind: 'paused', by: 'U8' };
    const entries = journal(paused, again);
    expect(next(entries)).toMatchObject({ by: 'U7', expiresAt: START + 1000 + DAY });
  });

  it('can be cancelled', () => {
    const entries = journal(...upTo('copyWholeDisks'), paused, cancelled);
    expect(next(entries)).toMatchObject({ kind: 'undo', why: { code: 'cancelled' } });
    expect(tasks(entries)).toContain('undo trackChanges');
  });

  it('goes back when it is not resumed within the time for an approval, and says who paused', () => {
    const waiting = journal(...upTo('copyDirtyRounds'), paused);
    const until = lastOf(waiting) + DAY;
    expect(dutyOf(waiting, until - 1)).toBeUndefined();
    expect(dutyOf(waiting, until)).toMatchObject({ body: expired });
    const back = next(journal(...upTo('copyDirtyRounds'), paused, expired));
    expect(back).toMatchObject({
      kind: 'undo',
      why: { code: 'pause-expired', facts: { by: 'U7' } },
    });
  });

  it('takes no approval, and spends one that nobody has acted upon', () => {
    const before = [...upTo('catchUp'), approved(START + HOUR), paused, resumed];
    expect(next(journal(...before))).toMatchObject({ kind: 'await approval' });
    const meanwhile = [...upTo('catchUp'), paused, approved(START + HOUR), resumed];
    expect(next(journal(...meanwhile))).toMatchObject({ kind: 'await approval' });
    expect(tasks(journal(...meanwhile, approved(START + HOUR)))).toEqual(['run catchUp']);
  });

  it('gives people the whole time to answer once it is resumed', () => {
    const entries = journal(...upTo('catchUp'), paused, resumed);
    expect(next(entries)).toMatchObject({ expiresAt: lastOf(entries) + DAY });
  });
});

describe('a pause that comes too late', () => {
  it.each(['catchUp', 'stopSource', 'copyLastRound', 'startTarget', 'confirmTarget'])(
    'changes nothing: at %s',
    (name) => {
      const entries = journal(...upTo(name), ...behind(name), paused);
      expect(tasks(entries)).toEqual([`run ${name}`]);
    },
  );

  /** The cutover begins with its first step. */
  const behind = (name: string): EntryBody[] =>
    name === 'catchUp' ? [approved(START + HOUR), started(name)] : [];

  it('changes nothing while the way back to the question is gone, and counts afterwards', () => {
    const wentOff = [...upTo('stopSource'), failed('stopSource', 'ask again')];
    expect(next(journal(...wentOff, paused))).toMatchObject({ kind: 'undo' });
    const undone = [done('stopSource', 'undo'), done('forbidSourceStart', 'undo')];
    expect(next(journal(...wentOff, paused, ...undone))).toMatchObject({ kind: 'await approval' });
    expect(next(journal(...wentOff, ...undone, paused))).toMatchObject({ kind: 'paused' });
  });

  it('changes nothing once it is taken back', () => {
    const entries = journal(...upTo('copyWholeDisks'), cancelled, paused);
    expect(next(entries)).toMatchObject({ kind: 'undo', towards: 'rolled back' });
  });
});

describe('the time at work', () => {
  const worked = (entries: Entry[], now: number): number =>
    secondsAtWork(stateOf(STREAM_1, entries), START, now);

  it('leaves out pauses, also one under way', () => {
    const entries = journal(...upTo('copyWholeDisks'), paused);
    const until = (lastOf(entries) - START) / 1000;
    expect(worked(entries, lastOf(entries) + HOUR)).toBe(until);
    const later = journal(...upTo('copyWholeDisks'), paused, resumed);
    expect(worked(later, lastOf(later) + 5000)).toBe(until + 5);
  });

  it('leaves out the time in which people are asked, with a pause in it counted once', () => {
    const asking = journal(...upTo('catchUp'));
    const until = (lastOf(asking) - START) / 1000;
    expect(worked(asking, lastOf(asking) + HOUR)).toBe(until);
    const asked = [...upTo('catchUp'), paused, resumed, approved(START + HOUR)];
    const approvedNow = journal(...asked);
    expect(worked(approvedNow, lastOf(approvedNow) + 7000)).toBe(until);
    const entries = journal(...asked, started('catchUp'));
    expect(worked(entries, lastOf(entries) + 7000)).toBe(until + 7);
  });
});

describe('the limit', () => {
  const limit = (entries: Entry[], plan = opened.plan): number | undefined =>
    limitNow(plan, stateOf(STREAM_1, entries));
  const plan = { ...opened.plan, bytesPerSecondMax: 5e6 };

  it('is the plan’s, then the newest that somebody asked for; 0 takes it off', () => {
    expect(limit(journal())).toBeUndefined();
    expect(limit(journal(), plan)).toBe(5e6);
    expect(limit(journal(limited(1e6), limited(2e6)), plan)).toBe(2e6);
    expect(limit(journal(limited(0)), plan)).toBeUndefined();
  });

  it('holds in all rounds while the VM runs, and never while it is off', () => {
    expect(limit(journal(...upTo('stopSource')), plan)).toBe(5e6);
    const off = [...upTo('stopSource'), started('stopSource')];
    expect(limit(journal(...off), plan)).toBeUndefined();
    expect(limit(journal(...upTo('copyLastRound'), limited(1e6)), plan)).toBeUndefined();
    const back = [...off, ...failed('stopSource', 'ask again'), ...done('stopSource', 'undo')];
    expect(limit(journal(...back), plan)).toBe(5e6);
  });
});

it('a pause lasts no longer than an approval is waited for', () => {
  expect(RHYTHM.approvalSeconds).toBe(86_400);
});
