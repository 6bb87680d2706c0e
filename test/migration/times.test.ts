/** A move that waits for a time: from when on it is copied, and when its cutover may begin. */

import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { beganAt } from '../../src/migration/gate.ts';
import { type Next, nextAction, RHYTHM, tasksOf } from '../../src/migration/next-action.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import {
  approved,
  CUTOVER,
  cancelled,
  done,
  failed,
  HOUR,
  journal,
  paused,
  START,
  started,
  upTo,
} from './journals.ts';

/** The same journal, of a plan with these times. */
const timed = (
  changes: Partial<Plan>,
  ...bodies: readonly (EntryBody | readonly EntryBody[])[]
): Entry[] =>
  journal(...bodies).map((entry) =>
    entry.body.kind === 'opened' && entry.body.operation === 'migration'
      ? { ...entry, body: { ...entry.body, plan: { ...entry.body.plan, ...changes } } }
      : entry,
  );
const next = (entries: readonly Entry[], now: number): Next => nextAction(STREAM_1, entries, now);
const ready = (bodies: readonly EntryBody[]) => [...upTo('catchUp'), ...bodies];
const LATER = START + 8 * HOUR;
/** 22:00 to 05:00 in UTC; the first entry is of 00:16:40 on a Thursday. */
const NIGHT = { host: 'hv-a', zone: 'UTC', from: '22:00', to: '05:00' } as const;
const DAY = { host: 'hv-b', zone: 'UTC', from: '12:00', to: '13:00' } as const;

describe('a move with a time for its beginning', () => {
  it('does nothing before it, and then what it always does', () => {
    const entries = timed({ startAt: LATER });
    expect(next(entries, START)).toMatchObject({
      ...{ kind: 'await time', of: 'start', until: LATER },
      task: { step: 'reserveTarget', move: 'run', notBefore: LATER },
    });
    expect(next(entries, LATER)).toMatchObject({ kind: 'run', task: { step: 'reserveTarget' } });
    expect(next(entries, LATER - 1).kind).toBe('await time');
  });

  it('can be taken back meanwhile, and does not count that time as work', () => {
    const entries = timed({ startAt: LATER }, cancelled);
    expect(next(entries, START + 1).kind).toBe('undo');
    expect(beganAt(timed({ startAt: LATER }), LATER + HOUR)).toBe(LATER);
    expect(beganAt(timed({}), LATER)).toBe(START);
  });

  it('asks for its approval as ever, and has no time for its cutover', () => {
    expect(next(timed({ startAt: START }, ...upTo('catchUp')), LATER).kind).toBe('await approval');
    const entries = timed({ startAt: START }, ...ready([approved(LATER + HOUR)]));
    expect(next(entries, LATER)).toMatchObject({ kind: 'run', task: { step: 'catchUp' } });
  });
});

describe('a move with a time for its cutover', () => {
  const cutoverAt = LATER;
  const waiting = timed({ cutoverAt }, ...ready([approved(LATER + HOUR)]));

  it('is copied at once, and may be approved until a day after that time', () => {
    expect(next(timed({ cutoverAt }), START)).toMatchObject({ task: { step: 'reserveTarget' } });
    const asked = next(timed({ cutoverAt }, ...upTo('catchUp')), START + HOUR);
    expect(asked).toMatchObject({ expiresAt: LATER + RHYTHM.approvalSeconds * 1000 });
  });

  it('keeps its copy warm until then, and goes on when the time has come', () => {
    const last = waiting.at(-1)?.at ?? 0;
    const before = next(waiting, last);
    expect(before).toMatchObject({
      ...{ kind: 'await time', of: 'cutover', until: LATER },
      task: { step: 'catchUp', move: 'keepWarm' },
    });
    // A round that would come after the cutover is none.
    const near = timed({ cutoverAt: last + 60_000 }, ...ready([approved(LATER + HOUR)]));
    expect(tasksOf(next(near, last))).toMatchObject([{ move: 'run', notBefore: last + 60_000 }]);
    expect(next(waiting, LATER)).toMatchObject({ kind: 'run', task: { move: 'run' } });
  });

  it('is waited for by one that was approved alone; an approval that lapsed is asked for again', () => {
    const early = timed({ cutoverAt }, ...ready([approved(START + HOUR)]));
    expect(next(early, START + 2 * HOUR).kind).toBe('await approval');
    expect(next(waiting, LATER + HOUR).kind).toBe('await approval');
  });

  it('can be paused and taken back while it waits', () => {
    expect(next(timed({ cutoverAt }, ...ready([approved(LATER + HOUR), paused])), START).kind).toBe(
      'paused',
    );
    const back = timed({ cutoverAt }, ...ready([approved(LATER + HOUR), cancelled]));
    expect(next(back, START)).toMatchObject({ kind: 'undo', towards: 'rolled back' });
  });
});

describe('a host with a maintenance window', () => {
  const windows = [NIGHT];
  const all = ready([approved(START + 48 * HOUR)]);

  it('holds the cutover back until it opens, and nothing else', () => {
    expect(next(timed({ windows }), START + 6 * HOUR)).toMatchObject({
      task: { step: 'reserveTarget' },
    });
    expect(next(timed({ windows }, ...all), START)).toMatchObject({ kind: 'run' });
    const opens = Date.UTC(1970, 0, 1, 22);
    expect(next(timed({ windows }, ...all), START + 6 * HOUR)).toMatchObject({
      ...{ kind: 'await time', until: opens },
    });
    expect(next(timed({ windows }, ...all), opens).kind).toBe('run');
  });

  it('never holds up what has begun, what is tried again, or what goes back', () => {
    const now = START + 6 * HOUR;
    for (const step of CUTOVER.filter((name) => name !== 'catchUp')) {
      const entries = timed({ windows }, approved(now + HOUR), ...upTo(step));
      expect(next(entries, now).kind).not.toBe('await time');
    }
    const again = timed({ windows }, ...all, started('catchUp'));
    expect(next(again, now)).toMatchObject({ kind: 'run', task: { step: 'catchUp' } });
    const back = [...all, ...done('catchUp'), ...failed('recheck', 'roll back')];
    expect(next(timed({ windows }, ...back), now).kind).toBe('undo');
  });

  it('is waited for on both hosts, and with the time that was asked for', () => {
    const wide = { ...DAY, from: '20:00', to: '23:00' } as const;
    const both = timed({ windows: [NIGHT, wide] }, ...all);
    expect(next(both, START)).toMatchObject({ until: Date.UTC(1970, 0, 1, 22) });
    const asked = timed({ windows, cutoverAt: Date.UTC(1970, 0, 2, 6) }, ...all);
    expect(next(asked, START)).toMatchObject({ until: Date.UTC(1970, 0, 2, 22) });
  });

  it('is waited for an hour longer where the clock is set back by one', () => {
    const opens = Date.UTC(1970, 0, 1, 22);
    const entries = timed({ windows }, ...all);
    const before = next(entries, opens - 60_000);
    const back = next(entries, opens - 60_000 - HOUR);
    expect(back).toEqual(before);
  });
});
