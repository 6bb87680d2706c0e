import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody, OpenedDeletion } from '../../src/domain/journal.ts';
import type { PlannedCopy } from '../../src/domain/plan.ts';
import { Problem } from '../../src/domain/problem.ts';
import { dutyOf } from '../../src/migration/duties.ts';
import type { KeptCopy } from '../../src/migration/kept.ts';
import { nextAction, RHYTHM, tasksOf } from '../../src/migration/next-action.ts';
import { NeverRan, type StepContext } from '../../src/migration/step.ts';
import { deleteCopies } from '../../src/migration/steps/delete-copies.ts';
import { DELETE_1 } from '../../src/migration/steps.ts';
import {
  cancelled,
  done,
  failed,
  journal,
  opened as migration,
  paused,
  START,
  started,
  stepContext,
} from './journals.ts';

const copy: PlannedCopy = {
  folder: 'D:\\ferry\\dc02-1',
  operation: 'm7',
  round: 2,
  committedAt: 5,
  bytes: 100,
};
const opened: OpenedDeletion = {
  ...migration,
  operation: 'deletion',
  list: 'delete@1',
  plan: {
    vm: { id: 'dc02-id', name: 'dc02' },
    source: 'hv-b',
    target: 'hv-b',
    method: 'delete',
    copies: [copy, { ...copy, folder: 'E:\\ferry\\dc02-1' }],
    acknowledged: [],
  },
};
const approved = (expiresAt = START + 3_600_000): EntryBody => {
  return { kind: 'approved', approval: 'deletion', planHash: 'h', users: ['U2'], expiresAt };
};
const deletion = (...bodies: readonly (EntryBody | readonly EntryBody[])[]): Entry[] => {
  const [, ...rest] = journal(...bodies);
  const [first] = journal();
  if (!first) throw new Error('No opening');
  return [{ ...first, body: opened }, ...rest];
};
const lastOf = (entries: readonly Entry[]): number => entries.at(-1)?.at ?? 0;
const next = (entries: Entry[], now = lastOf(entries)) => nextAction(DELETE_1, entries, now);

describe('a deletion of copies', () => {
  it('begins by asking, does nothing meanwhile, and the question ends', () => {
    const asked = next(deletion());
    const expiresAt = START + RHYTHM.approvalSeconds * 1000;
    expect(asked).toEqual({ kind: 'await approval', of: 'deletion', expiresAt });
    expect(tasksOf(asked)).toEqual([]);
    expect(dutyOf(deletion(), expiresAt - 1)).toBeUndefined();
    expect(dutyOf(deletion(), expiresAt)?.body).toEqual({ kind: 'expired', approval: 'deletion' });
  });

  it('runs on its one host once it is approved, and gives both claims back at its end', () => {
    const run = next(deletion(approved()));
    expect(run).toMatchObject({ kind: 'run', task: { step: 'deleteCopies', on: 'source' } });
    const over = deletion(approved(), done('deleteCopies'));
    expect(next(over)).toEqual({ kind: 'finished', outcome: 'deleted' });
    expect(dutyOf(over, lastOf(over))).toEqual({
      body: { kind: 'closed', outcome: 'deleted' },
      claims: { take: [], release: ['vm:dc02-id', 'copy:dc02-id@hv-b'] },
    });
  });

  it.each<[string, EntryBody]>([
    ['cancelled', cancelled],
    ['expired', { kind: 'expired', approval: 'deletion' }],
  ])('that was %s ends with nothing to undo', (_name, body) => {
    const over = deletion(body);
    expect(next(over)).toMatchObject({ kind: 'finished', outcome: 'rolled back' });
    expect(dutyOf(over, lastOf(over))?.body).toEqual({ kind: 'closed', outcome: 'rolled back' });
  });

  it('cannot be taken back once it has begun, and is tried again', () => {
    const begun = deletion(approved(), started('deleteCopies'), cancelled);
    expect(next(begun)).toMatchObject({ kind: 'run' });
    const stuck = deletion(
      approved(),
      ...Array.from({ length: 5 }, () => failed('deleteCopies', 'unknown')),
    );
    expect(next(stuck)).toMatchObject({ kind: 'needs a person', step: 'deleteCopies' });
  });

  it('that proved not to have run is over', () => {
    const never = deletion(approved(), failed('deleteCopies', 'never ran'));
    expect(next(never)).toMatchObject({ kind: 'finished', outcome: 'rolled back' });
  });

  it('does not act on an approval that has lapsed', () => {
    const late = deletion(approved(START + 2000));
    expect(next(late, START + 2000).kind).toBe('await approval');
  });

  it('rests while somebody paused it by hand, as every operation does', () => {
    expect(next(deletion(paused)).kind).toBe('paused');
  });
});

describe('the step that deletes', () => {
  const kept = (changes: Partial<KeptCopy> = {}): KeptCopy => {
    return { ...copy, vm: opened.plan.vm, kind: 'received', ...changes };
  };
  const both = [kept(), kept({ folder: 'E:\\ferry\\dc02-1' })];

  async function run(found: readonly KeptCopy[]) {
    const removed: string[] = [];
    const ports = {
      kept: {
        of: async () => found,
        remove: async (_vm: string, folder: string) => {
          removed.push(folder);
        },
      },
    };
    const entries = deletion(approved(), started('deleteCopies'));
    const context = stepContext(opened, entries, ports);
    const error = await deleteCopies.run(context).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { removed, error };
  }

  it('deletes what was approved', async () => {
    const { removed, error } = await run(both);
    expect(error).toBeUndefined();
    expect(removed).toEqual(['D:\\ferry\\dc02-1', 'E:\\ferry\\dc02-1']);
  });

  it.each<[string, Partial<KeptCopy>, string]>([
    ['is used', { usedBy: 'web' }, 'copy-in-use'],
    ['has a newer round', { round: 3 }, 'copy-changed'],
    ['was committed at another time', { committedAt: 6 }, 'copy-changed'],
    ['was made by another operation', { operation: 'm9' }, 'copy-changed'],
  ])('deletes nothing of it where one %s', async (_name, changes, code) => {
    const { removed, error } = await run([kept(changes), kept({ folder: 'E:\\ferry\\dc02-1' })]);
    expect(removed).toEqual([]);
    expect(error).toBeInstanceOf(NeverRan);
    expect(error).toMatchObject({ code });
  });

  it('does not call it never run where an attempt before deleted one already', async () => {
    const { removed, error } = await run([kept({ usedBy: 'web' })]);
    expect([removed, error instanceof NeverRan, error instanceof Problem]).toEqual([
      [],
      false,
      true,
    ]);
  });

  it('finishes what an attempt before began', async () => {
    const { removed, error } = await run([kept()]);
    expect([error, removed.length]).toEqual([undefined, 2]);
  });

  it('refuses to act in a migration', async () => {
    const step = DELETE_1[0];
    const context = { opened: migration } as unknown as StepContext;
    await expect(step?.run(context as never)).rejects.toThrow('belongs to a deletion');
  });
});
