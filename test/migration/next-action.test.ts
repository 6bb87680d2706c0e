import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import { type Next, nextAction, RHYTHM, tasksOf } from '../../src/migration/next-action.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import {
  approved,
  BEFORE_APPROVAL,
  CUTOVER,
  cancelled,
  done,
  expired,
  failed,
  HOUR,
  journal,
  retried,
  rollback,
  START,
  started,
  upTo,
} from './journals.ts';

const next = (entries: Entry[], now = lastOf(entries)): Next => nextAction(STREAM_1, entries, now);
const lastOf = (entries: Entry[]): number => entries.at(-1)?.at ?? START;
const tasks = (entries: Entry[], now?: number): string[] =>
  tasksOf(next(entries, now)).map(({ move, step, on }) => `${move} ${step} at ${on}`);
const times = (count: number, bodies: EntryBody[]): EntryBody[] =>
  Array.from({ length: count }, () => bodies).flat();

describe('a migration on its way', () => {
  it.each([...BEFORE_APPROVAL, ...CUTOVER].filter((name) => name !== 'catchUp'))(
    'runs %s after all that comes before it',
    (name) => {
      expect(tasksOf(next(journal(...upTo(name)))).map(({ step }) => step)).toEqual([name]);
    },
  );

  it('runs a step again that was started and did not say how it ended', () => {
    const entries = journal(...upTo('fenceSource'), started('fenceSource'));
    expect(tasks(entries)).toEqual(['run fenceSource at source']);
  });

  it('is migrated with the source still to be retired, then without', () => {
    const left = next(journal(...upTo('retireSource')));
    expect(left).toMatchObject({ kind: 'finished', outcome: 'migrated' });
    expect(tasksOf(left)).toMatchObject([{ step: 'retireSource' }]);
    const all = next(journal(...upTo('retireSource'), done('retireSource')));
    expect(all).toEqual({ kind: 'finished', outcome: 'migrated' });
  });
});

describe('waiting for the approval', () => {
  const waiting = journal(...upTo('catchUp'));
  const ready = lastOf(waiting);

  it('keeps the copy warm every ten minutes from the last step on', () => {
    expect(next(waiting)).toMatchObject({
      kind: 'await approval',
      meanwhile: { step: 'catchUp', move: 'keepWarm', notBefore: ready + 600_000 },
    });
    const warmed = journal(...upTo('catchUp'), done('catchUp', 'keepWarm'));
    const { notBefore } = tasksOf(next(warmed))[0] ?? {};
    expect(notBefore).toBe(lastOf(warmed) + RHYTHM.keepWarmSeconds * 1000);
  });

  it('goes on at once with a keepWarm round that was cut', () => {
    const cut = journal(...upTo('catchUp'), started('catchUp', 'keepWarm'));
    expect(tasksOf(next(cut))).toMatchObject([{ move: 'keepWarm', notBefore: 0 }]);
  });

  it('expires a day after the question, however often the copy was kept warm', () => {
    const entries = journal(...upTo('catchUp'), times(20, done('catchUp', 'keepWarm')));
    expect(next(entries)).toMatchObject({ expiresAt: ready + 86_400_000 });
  });

  it('ends once approved, and not where the approval has lapsed', () => {
    const entries = journal(...upTo('catchUp'), approved(START + HOUR));
    expect(tasks(entries, START + HOUR - 1)).toEqual(['run catchUp at source']);
    expect(next(entries, START + HOUR)).toMatchObject({ kind: 'await approval' });
  });

  it('does not stop what was begun in time', () => {
    const entries = journal(...upTo('catchUp'), approved(START + HOUR), started('catchUp'));
    expect(tasks(entries, START + 2 * HOUR)).toEqual(['run catchUp at source']);
    const behind = journal(...upTo('stopSource'));
    expect(tasks(behind, START + 2 * HOUR)).toEqual(['run stopSource at source']);
  });

  it.each([
    ['nobody approved', []],
    ['the approval lapsed before its step began', [approved(START + HOUR)]],
  ])('goes back when it has expired: %s', (_, before) => {
    const entries = journal(...upTo('catchUp'), before, expired);
    expect(next(entries)).toMatchObject({ kind: 'undo', why: { code: 'approval-expired' } });
  });

  it('is not expired any more once its step has begun', () => {
    const entries = journal(
      ...upTo('catchUp'),
      approved(START + HOUR),
      started('catchUp'),
      expired,
    );
    expect(tasks(entries)).toEqual(['run catchUp at source']);
  });

  it('keeps warm on in spite of failures, with pauses between them', () => {
    const entries = journal(...upTo('catchUp'), times(7, failed('catchUp', 'unknown', 'keepWarm')));
    const [task] = tasksOf(next(entries));
    expect(task).toMatchObject({ move: 'keepWarm', attempt: 8 });
    expect((task?.notBefore ?? 0) - lastOf(entries)).toBeGreaterThanOrEqual(60_000);
  });
});

describe('asking again', () => {
  const asked = [...upTo('recheck'), failed('recheck', 'ask again')];
  const wentOff = [...upTo('stopSource'), failed('stopSource', 'ask again')];

  it('waits for a new approval and says why', () => {
    expect(next(journal(...asked))).toMatchObject({
      kind: 'await approval',
      why: { code: 'recheck-failed' },
    });
  });

  it('runs the step of the approval and all behind it once more', () => {
    const entries = journal(...asked, approved(START + HOUR));
    expect(tasks(entries)).toEqual(['run catchUp at source']);
    const further = journal(...asked, approved(START + HOUR), done('catchUp'));
    expect(tasks(further)).toEqual(['run recheck at source']);
  });

  it('first undoes what was done behind the approval, newest first', () => {
    expect(next(journal(...wentOff))).toMatchObject({ kind: 'undo', towards: 'ask again' });
    expect(tasks(journal(...wentOff))).toEqual(['undo stopSource at source']);
    const one = journal(...wentOff, done('stopSource', 'undo'));
    expect(tasks(one)).toEqual(['undo forbidSourceStart at source']);
    const both = [done('stopSource', 'undo'), done('forbidSourceStart', 'undo')];
    expect(next(journal(...wentOff, ...both))).toMatchObject({ kind: 'await approval' });
  });

  it('ignores an approval that comes while it undoes', () => {
    const undone = [done('stopSource', 'undo'), done('forbidSourceStart', 'undo')];
    const entries = journal(...wentOff, approved(START + HOUR), ...undone);
    expect(next(entries)).toMatchObject({ kind: 'await approval' });
  });

  it('may be answered with an approval any number of times', () => {
    const round = [approved(START + HOUR), ...done('catchUp'), ...failed('recheck', 'ask again')];
    const entries = journal(...asked, times(9, round), approved(START + HOUR), done('catchUp'));
    expect(tasks(entries)).toEqual(['run recheck at source']);
  });
});

describe('going back', () => {
  it('undoes the newest first on each side, and neither waits for the other', () => {
    const entries = journal(...upTo('startTarget'), cancelled);
    expect(tasks(entries)).toEqual(['undo fenceSource at source', 'undo registerTarget at target']);
    const further = journal(...upTo('startTarget'), cancelled, done('fenceSource', 'undo'));
    expect(tasks(further)).toEqual(['undo stopSource at source', 'undo registerTarget at target']);
  });

  it('undoes what was started, for it may have happened', () => {
    const entries = journal(...upTo('fenceSource'), started('fenceSource'), cancelled);
    expect(tasks(entries)).toContain('undo fenceSource at source');
  });

  it('is rolled back with the clean-up of the target pending once the source is as before', () => {
    const source = ['fenceSource', 'stopSource', 'forbidSourceStart', 'trackChanges'];
    const undone = source.map((name) => done(name, 'undo'));
    const entries = journal(...upTo('startTarget'), cancelled, ...undone);
    expect(next(entries)).toMatchObject({
      kind: 'finished',
      outcome: 'rolled back',
      why: { code: 'cancelled' },
      cleanUp: { step: 'registerTarget', move: 'undo' },
    });
    const target = ['registerTarget', 'createTargetDisks', 'reserveTarget'];
    const clean = target.map((name) => done(name, 'undo'));
    const all = next(journal(...upTo('startTarget'), cancelled, ...undone, ...clean));
    expect(all).toMatchObject({ kind: 'finished', outcome: 'rolled back' });
    expect(tasksOf(all)).toEqual([]);
  });

  it('wants the word of the source even where the journal shows nothing that it did', () => {
    const entries = journal(cancelled);
    expect(tasks(entries)).toEqual(['undo trackChanges at source']);
  });

  it('keeps its first reason', () => {
    const entries = journal(
      ...upTo('copyLastRound'),
      failed('copyLastRound', 'roll back'),
      cancelled,
    );
    expect(next(entries)).toMatchObject({ why: { code: 'copyLastRound-failed' } });
  });

  it('happens after a start that is proven not to have happened', () => {
    const entries = journal(...upTo('startTarget'), failed('startTarget', 'never ran'));
    expect(next(entries)).toMatchObject({ kind: 'undo', towards: 'rolled back' });
  });

  it.each([
    ['a cancel', cancelled],
    ['a rollback', rollback],
    ['an expiry', expired],
  ])('is refused to %s once the target may have been started', (_, body) => {
    const entries = journal(...upTo('startTarget'), started('startTarget'), body);
    expect(tasks(entries)).toEqual(['run startTarget at target']);
    expect(tasks(journal(...upTo('confirmTarget'), body))).toEqual(['run confirmTarget at target']);
  });
});

describe('needing a person', () => {
  const unknown = failed('startTarget', 'unknown');

  it('comes after five failures of the start in a row, each after a longer pause', () => {
    const four = journal(...upTo('startTarget'), times(4, unknown));
    expect(tasksOf(next(four))).toMatchObject([
      { step: 'startTarget', attempt: 5, notBefore: lastOf(four) + 16_000 },
    ]);
    const five = journal(...upTo('startTarget'), times(5, unknown));
    expect(next(five)).toMatchObject({
      kind: 'needs a person',
      step: 'startTarget',
      problem: { code: 'startTarget-failed' },
    });
  });

  it('ends when someone asks to retry', () => {
    const entries = journal(...upTo('startTarget'), times(5, unknown), retried);
    expect(tasksOf(next(entries))).toMatchObject([
      { step: 'startTarget', attempt: 1, notBefore: 0 },
    ]);
  });

  it('comes when an undo of the source fails again and again, not when one of the target does', () => {
    const source = times(5, failed('fenceSource', 'unknown', 'undo'));
    const stuck = journal(...upTo('startTarget'), cancelled, source);
    expect(next(stuck)).toMatchObject({ kind: 'needs a person', step: 'fenceSource' });
    const target = times(9, failed('registerTarget', 'unknown', 'undo'));
    const goesOn = journal(...upTo('startTarget'), cancelled, target);
    expect(tasks(goesOn)).toEqual(['undo fenceSource at source', 'undo registerTarget at target']);
  });

  it('does not come for what stays open behind the point of no return', () => {
    const entries = journal(...upTo('confirmTarget'), times(9, failed('confirmTarget', 'unknown')));
    expect(tasksOf(next(entries))).toMatchObject([{ step: 'confirmTarget', attempt: 10 }]);
  });
});
