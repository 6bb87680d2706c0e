import { describe, expect, it } from '@jest/globals';
import { type Entry, type EntryBody, openedOf } from '../../src/domain/journal.ts';
import type { AlignmentPlan } from '../../src/domain/plan.ts';
import { dutyOf } from '../../src/migration/duties.ts';
import { nextAction, tasksOf } from '../../src/migration/next-action.ts';
import { ALIGN_1 } from '../../src/migration/steps.ts';
import { cancelled, done, failed, HOUR, journal, opened, START, started } from './journals.ts';

const MINUTES_15 = 900_000;

/** The same as the migration of the other tests, to be kept aligned. */
function aligned(...bodies: readonly (EntryBody | readonly EntryBody[])[]): Entry[] {
  const [first, ...rest] = journal(...bodies);
  if (!first || opened.operation !== 'migration') throw new Error('No journal');
  const { vm, source, target, disks, migrationSubnet, volume, configuration } = opened.plan;
  const plan: AlignmentPlan = {
    ...{ vm, source, target, disks, migrationSubnet, volume, configuration },
    ...{ method: 'align', everySeconds: 900, bytesOnTargetMax: 1, acknowledged: [] },
  };
  const body: EntryBody = { ...opened, operation: 'alignment', list: 'align@1', plan };
  return [{ ...first, body }, ...rest];
}

const BEFORE = ['reserveTarget', 'trackChanges', 'createTargetDisks', 'copyWholeDisks'] as const;
const READY = BEFORE.flatMap((name) => done(name));
const next = (entries: Entry[], now = entries.at(-1)?.at ?? START) =>
  nextAction(ALIGN_1, entries, now);
const beginOf = (entries: Entry[]): number =>
  entries.findLast(({ body }) => body.kind === 'started')?.at ?? 0;

describe('an alignment', () => {
  it('copies all, then round after round, and asks nobody', () => {
    expect(next(aligned())).toMatchObject({ kind: 'run', task: { step: 'reserveTarget' } });
    const ready = next(aligned(READY));
    expect(ready).toMatchObject({ kind: 'stays', task: { step: 'keepAligned', on: 'source' } });
    expect(tasksOf(ready)).toMatchObject([{ notBefore: 0 }]);
  });

  it('begins each round as long after the beginning of the one before as was promised', () => {
    const entries = aligned(READY, done('keepAligned'), done('keepAligned'));
    const begun = beginOf(entries);
    expect(next(entries)).toMatchObject({
      kind: 'stays',
      task: { move: 'run', notBefore: begun + MINUTES_15 },
    });
  });

  it('goes on with a round that a killed worker had begun, at once', () => {
    const entries = aligned(READY, done('keepAligned'), started('keepAligned'));
    expect(next(entries)).toMatchObject({ kind: 'stays', task: { notBefore: 0 } });
  });

  it('never needs a person for rounds that fail, and tries seldom in the end', () => {
    const tries = Array.from({ length: 40 }, () => failed('keepAligned', 'unknown')).flat();
    const entries = aligned(READY, done('keepAligned'), tries);
    const at = entries.at(-1)?.at ?? 0;
    expect(next(entries)).toMatchObject({ kind: 'stays', task: { notBefore: at + MINUTES_15 } });
    const one = aligned(READY, done('keepAligned'), failed('keepAligned', 'unknown'));
    const first = tasksOf(next(one))[0]?.notBefore ?? 0;
    expect(first - (one.at(-1)?.at ?? 0)).toBe(2000);
  });

  it('ends by taking all back, source and target each for itself', () => {
    const ending = aligned(READY, done('keepAligned'), cancelled);
    expect(next(ending)).toMatchObject({ kind: 'undo', towards: 'rolled back' });
    expect(tasksOf(next(ending))).toMatchObject([
      { step: 'trackChanges', move: 'undo', on: 'source' },
      { step: 'createTargetDisks', move: 'undo', on: 'target' },
    ]);
  });

  it('is taken back where a round says that waiting mends nothing', () => {
    const entries = aligned(READY, failed('keepAligned', 'roll back'));
    expect(next(entries)).toMatchObject({
      kind: 'undo',
      why: { code: 'keepAligned-failed' },
    });
  });

  it('gives the VM free once its source is as before, also while the target is away', () => {
    const entries = aligned(READY, cancelled, done('trackChanges', 'undo'));
    const duty = dutyOf(entries, START + HOUR);
    expect(duty).toMatchObject({ body: { kind: 'settled', home: 'source' } });
    const { vm, target } = openedOf(entries).plan;
    expect(duty?.claims).toEqual({ take: [`copy:${vm.id}@${target}`], release: [`vm:${vm.id}`] });
  });

  it('is closed when both have given everything back', () => {
    const undone = (step: string) => done(step, 'undo');
    const back = [undone('trackChanges'), undone('createTargetDisks'), undone('reserveTarget')];
    const settled: EntryBody = { kind: 'settled', home: 'source' };
    const entries = aligned(READY, cancelled, ...back, settled);
    expect(dutyOf(entries, START)?.body).toEqual({ kind: 'closed', outcome: 'rolled back' });
    expect(dutyOf(aligned(READY, done('keepAligned')), START + 100 * HOUR)).toBeUndefined();
  });
});
