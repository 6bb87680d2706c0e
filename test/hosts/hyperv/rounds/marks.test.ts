import { describe, expect, it } from '@jest/globals';
import type { CheckpointLook } from '../../../../src/hosts/hyperv/rounds/look.ts';
import { roundsOf, TAKE_SECONDS_MAX, unnamed } from '../../../../src/hosts/hyperv/rounds/marks.ts';
import type { Note } from '../../../../src/hosts/hyperv/rounds/note.ts';

const AT = 1_700_000_000_000;
const NOTE: Note = { creating: { name: 'ferry m1 round 1', before: ['old'], at: AT } };
const checkpoint = (id: string, changes: Partial<CheckpointLook> = {}): CheckpointLook => ({
  id,
  name: 'sql01 - Backup - (1/2/2026 - 3:04:05 AM)',
  type: 'Recovery',
  createdAt: AT + 2000,
  disks: [],
  ...changes,
});
const found = (checkpoints: readonly CheckpointLook[], note = NOTE) =>
  unnamed(checkpoints, 'sql01', note)?.id;

describe('a checkpoint that a killed script took and did not name', () => {
  it('is the only new one since its note', () => {
    expect(found([checkpoint('old'), checkpoint('new')])).toBe('new');
    // Windows cuts the time to seconds.
    expect(found([checkpoint('new', { createdAt: AT - 999 })])).toBe('new');
  });

  it.each<[string, readonly CheckpointLook[]]>([
    ['the list is as before', [checkpoint('old')]],
    ['there are two new ones', [checkpoint('new'), checkpoint('newer')]],
    ['it is no recovery checkpoint', [checkpoint('new', { type: 'Standard' })]],
    ['it has a name of its own', [checkpoint('new', { name: 'before update' })]],
    ['it has a name of ours', [checkpoint('new', { name: 'ferry sql01 round 3' })]],
    ['it is older', [checkpoint('new', { createdAt: AT - 2000 })]],
    ['it came later', [checkpoint('new', { createdAt: AT + TAKE_SECONDS_MAX * 1000 + 1 })]],
    [
      'ours has its name already',
      [checkpoint('named', { name: 'ferry m1 round 1' }), checkpoint('new')],
    ],
  ])('is nobody when %s', (_, checkpoints) => {
    expect(found(checkpoints)).toBeUndefined();
  });

  it('is nobody without a note', () => {
    expect(found([checkpoint('new')], {})).toBeUndefined();
  });
});

describe("an operation's rounds", () => {
  it('are those of its name, lowest first', () => {
    const named = ['m1 round 10', 'm1 round 9', 'm11 round 1', 'm1 merge'].map((name) =>
      checkpoint(name, { name: `ferry ${name}` }),
    );
    const rounds = roundsOf(named, { operation: 'm1', epoch: 1 });
    expect(rounds.map(({ number }) => number)).toEqual([9, 10]);
  });
});
