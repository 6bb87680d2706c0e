/** What is lost, in each state that a journal can say. */

import { describe, expect, it } from '@jest/globals';
import { alertsOf } from '../../src/bot/alerts.ts';
import { lossIn } from '../../src/bot/loss.ts';
import { meaningOf } from '../../src/bot/requests.ts';
import type { Entry, EntryBody, OpenedDeletion } from '../../src/domain/journal.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import type { Loss } from '../../src/texts/loss.ts';
import { opening, type Written } from '../trust/journal-fixture.ts';
import { bot, done, entriesOf, failed, started, stepsBefore } from './stories.ts';

const WHY = { code: 'target-silent', facts: { vm: 'dc02', host: 'hv-b' } };
const lossAfter = (...written: Written[]) => lossIn(entriesOf(written));
const undone = (...names: string[]) => names.flatMap((name) => done(name, {}, 'undo'));

/** With all steps before this one done. */
const AT: Readonly<Record<string, Loss>> = {
  reserveTarget: 'at-source',
  trackChanges: 'at-source',
  createTargetDisks: 'at-source',
  copyWholeDisks: 'at-source',
  copyDirtyRounds: 'at-source',
  compareDisks: 'at-source',
  catchUp: 'at-source',
  recheck: 'at-source',
  forbidSourceStart: 'at-source',
  stopSource: 'at-source',
  fenceSource: 'at-source',
  copyLastRound: 'at-source',
  registerTarget: 'at-both',
  startTarget: 'at-both',
  confirmTarget: 'at-target',
  retireSource: 'at-target',
};

describe('what is lost in a migration', () => {
  it.each(STREAM_1.map(({ name }) => name))('before, in and after a failure of %s', (name) => {
    const before = stepsBefore(name);
    const loss = AT[name];
    expect(lossAfter(...before)).toBe(loss);
    const may = name === 'startTarget' ? 'at-target-perhaps' : loss;
    expect(lossAfter(...before, started(name))).toBe(may);
    expect(lossAfter(...before, ...failed(name, 'unknown', WHY))).toBe(may);
    expect(lossAfter(...before, ...failed(name, 'roll back', WHY))).toBe(may);
  });

  it('is known again when the start at the target is proven never to have been', () => {
    const never = [...stepsBefore('startTarget'), ...failed('startTarget', 'never ran', WHY)];
    expect(lossAfter(...never)).toBe('at-both');
  });

  it('is with the source alone as soon as its fence is gone, though the last round was copied', () => {
    const never = [...stepsBefore('startTarget'), ...failed('startTarget', 'never ran', WHY)];
    const open = [...never, ...undone('registerTarget', 'fenceSource')];
    expect(lossAfter(...open)).toBe('at-source');
    const back = [...open, ...undone('stopSource', 'forbidSourceStart', 'trackChanges')];
    expect(lossAfter(...back)).toBe('at-source');
    const settled = [...back, bot({ kind: 'settled', home: 'source' })];
    expect(lossAfter(...settled, bot({ kind: 'closed', outcome: 'rolled back' }))).toBe(
      'at-source',
    );
  });

  it('is with the target when it is moved', () => {
    const moved = [...stepsBefore('retireSource'), bot({ kind: 'settled', home: 'target' })];
    expect(lossAfter(...moved, ...done('retireSource'))).toBe('at-target');
  });
});

describe('what is lost in a deletion', () => {
  const opened: OpenedDeletion = {
    ...{ ...opening, operation: 'deletion', list: 'delete@1' },
    plan: {
      ...{ vm: { id: '1', name: 'dc02' }, source: 'hv-b', target: 'hv-b', method: 'delete' },
      ...{ copies: [], acknowledged: [] },
    },
  };
  const step = 'deleteCopies';
  const run: EntryBody = { kind: 'started', step, move: 'run' };
  const entries = (...bodies: EntryBody[]): Entry[] =>
    [opened, ...bodies].map((body, index) => {
      const unsigned = { operation: 'm1', previous: '', author: 'bot', signature: '' } as const;
      return { ...unsigned, position: index + 1, body, at: index };
    });

  it.each<[Loss, EntryBody[]]>([
    ['copy-whole', []],
    ['copy-perhaps', [run]],
    [
      'copy-perhaps',
      [run, { kind: 'failed', step, move: 'run', outcome: 'unknown', problem: WHY }],
    ],
    [
      'copy-whole',
      [run, { kind: 'failed', step, move: 'run', outcome: 'never ran', problem: WHY }],
    ],
    ['copy-deleted', [run, { kind: 'done', step, move: 'run', facts: {} }]],
  ])('is %s', (loss, bodies) => {
    expect(lossIn(entries(...bodies))).toBe(loss);
  });
});

describe('an alert', () => {
  const story = [...stepsBefore('startTarget'), ...failed('startTarget', 'unknown', WHY)];
  const lost = (written: readonly Written[], halts: Parameters<typeof alertsOf>[2]['halts'] = {}) =>
    alertsOf('m1', meaningOf(entriesOf(written), written.length * 1000), { halts, book: {} }).map(
      ({ cause }) => cause.facts.lost,
    );

  it('says what is lost now, and of a mended one what was lost then', () => {
    expect(lost(story)).toEqual(['at-target-perhaps']);
    expect(lost([...story, ...done('startTarget')])).toEqual(['at-target']);
    const asked = [...stepsBefore('copyLastRound'), ...failed('copyLastRound', 'unknown', WHY)];
    const mended = [...asked, ...done('copyLastRound')];
    expect(lost([...mended, ...done('registerTarget'), ...done('startTarget')])).toEqual([
      'at-both',
    ]);
  });

  it.each([
    ['journal-behind', 'not-known'],
    ['journal-diverged', 'not-known'],
    ['journal-forged-signature', 'not-known'],
    ['journal-busy', 'at-target-perhaps'],
    ['list-unknown', 'at-target-perhaps'],
  ])('beside a host that stopped because of %s says %s', (code, loss) => {
    expect(lost(story, { 'hv-a': { code, facts: {} } })).toEqual([loss, loss]);
  });
});
