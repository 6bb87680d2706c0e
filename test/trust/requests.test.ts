/** Entries that change a running migration: other plans, limits, pauses, and who counts. */

import { describe, expect, it } from '@jest/globals';
import type { EntryBody } from '../../src/domain/journal.ts';
import { type Plan, planHash } from '../../src/domain/plan.ts';
import { verifyJournal } from '../../src/trust/verify-journal.ts';
import { STEP_RULES } from '../../src/worker/journal.ts';
import { approved, done, failed, started, stepsBefore } from '../bot/stories.ts';
import {
  approval,
  expected,
  journalOf,
  opening,
  plan,
  refusal,
  type Written,
} from './journal-fixture.ts';

/** With the rules of the real list of steps. */
const rules = { ...expected, ...STEP_RULES };
const replanned = (changes: Partial<Plan>, hash?: string): Written => {
  const other = { ...plan, ...changes };
  return ['bot', { kind: 'replanned', plan: other, planHash: hash ?? planHash(other) }];
};
const written = (...all: readonly Written[]) => journalOf([['bot', opening], ...all]);
const code = (...all: readonly Written[]) => refusal(written(...all), rules).code;
const accepts = (...all: readonly Written[]) => verifyJournal(written(...all), rules);

const again = { code: 'vm-reconfigured', facts: { vm: 'dc02' } };
const askedAgain = [...stepsBefore('recheck'), ...failed('recheck', 'ask again', again)];
const longer = { ...plan, pauseSecondsMax: 600 };

describe('another plan', () => {
  it('is accepted while it asks, at first and again', () => {
    accepts(...stepsBefore('catchUp'), replanned({ pauseSecondsMax: 600 }));
    accepts(...askedAgain, replanned({ configuration: 'new' }), replanned({}));
  });

  it('is what approvals must name from then on', () => {
    const before = [...askedAgain, replanned({ pauseSecondsMax: 600 })];
    expect(code(...before, approved())).toBe('approval-wrong-plan');
    accepts(...before, approved(['U1', 'U2'], planHash(longer)));
    const twice = [...before, approved(['U1', 'U2'], planHash(longer)), ...done('catchUp')];
    accepts(...twice);
    expect(code(...stepsBefore('catchUp'), approved(['U1', 'U2'], planHash(longer)))).toBe(
      'approval-wrong-plan',
    );
  });

  it.each<[string, Partial<Plan>]>([
    ['another VM', { vm: { id: 'other', name: 'dc02' } }],
    ['another source', { source: 'hv-c' }],
    ['another target', { target: 'hv-c' }],
    ['another volume', { volume: 'E:' }],
    ['another method', { method: 'live' }],
    [
      'other disks',
      { disks: [{ id: 'SCSI 0:0', sourcePath: 'a', targetPath: '/etc', virtualBytes: 1 }] },
    ],
  ])('is refused with %s', (_, changes) => {
    expect(code(...askedAgain, replanned(changes))).toBe('journal-other-move');
  });

  it('is refused where its hash is of another one, or it is none', () => {
    expect(code(...askedAgain, replanned({ pauseSecondsMax: 600 }, planHash(plan)))).toBe(
      'journal-wrong-plan',
    );
    const body = { kind: 'replanned', planHash: 'x' } as unknown as EntryBody;
    expect(code(...askedAgain, ['bot', body])).toBe('journal-malformed');
  });

  it.each<[string, readonly Written[]]>([
    ['before anybody is asked', stepsBefore('copyDirtyRounds')],
    [
      'once the approved cutover has begun',
      [...stepsBefore('catchUp'), approved(), started('catchUp')],
    ],
    ['in the cutover', stepsBefore('fenceSource')],
    ['at the point of no return', [...stepsBefore('startTarget'), started('startTarget')]],
    [
      'while what was begun is undone',
      [...stepsBefore('stopSource'), ...failed('stopSource', 'ask again', again)],
    ],
    ['when it is taken back', [...askedAgain, ['bot', { kind: 'cancelled', by: 'U1' }]]],
  ])('is refused %s', (_, before) => {
    expect(code(...before, replanned({}))).toBe('journal-replanned-late');
  });
});

describe('where two persons are wanted', () => {
  const two = (users: readonly string[], approversNeeded = 2) =>
    journalOf([
      ['bot', { ...opening, twoPersons: true, approversNeeded }],
      ['bot', { ...approval, users }],
    ]);

  it('whoever asked does not count', () => {
    expect(refusal(two(['U1', 'U2']))).toMatchObject({
      code: 'approval-too-few',
      facts: { found: 1, needed: 2 },
    });
    expect(refusal(two(['U1'], 1)).code).toBe('approval-too-few');
    expect(verifyJournal(two(['U2'], 1), expected)).toBeUndefined();
    expect(verifyJournal(two(['U1', 'U2', 'U3']), expected)).toBeUndefined();
  });

  it('a journal that does not say so is of a time when everyone counted', () => {
    const { twoPersons: _, ...older } = opening;
    const entries = journalOf([
      ['bot', older as typeof opening],
      ['bot', approval],
    ]);
    expect(verifyJournal(entries, expected)).toBeUndefined();
  });
});

describe('a limit', () => {
  it.each([0, 1, 5e7])('of %d bytes a second is one', (bytesPerSecondMax) => {
    accepts(['source', { kind: 'limited', by: 'host hv-a', bytesPerSecondMax }]);
  });

  it.each([-1, '5', null, undefined])('of %j is none', (bytesPerSecondMax) => {
    const body = { kind: 'limited', by: 'U1', bytesPerSecondMax } as unknown as EntryBody;
    expect(code(['target', body])).toBe('journal-malformed');
  });
});
