/** What the bot does with a store that was forged, damaged or set back. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Entry } from '../../src/domain/journal.ts';
import type { Written } from '../trust/journal-fixture.ts';
import { approved, done, started, stepsBefore } from './stories.ts';
import { codeOf, forge, openAnother } from './world.ts';
import { newOperation, operation, world } from './world-of-test.ts';

beforeEach(() => newOperation());

const CANCEL: Written = ['bot', { kind: 'cancelled', by: 'U1' }];

describe('a forged entry', () => {
  it.each([
    ['approval', approved(['U1'])],
    ['done', done('reserveTarget')[1] as Written],
    ['cancel', CANCEL],
  ])('is not acted upon: %s', async (_kind, written) => {
    await world.operations.view(operation);
    await forge(world, operation, written);
    const hash = (await world.operations.view(operation))?.planHash ?? '';
    for (const asked of [
      world.operations.cancel(operation, 'U1'),
      world.operations.rollback(operation, 'U1'),
      world.operations.retry(operation, 'U1'),
      world.operations.approve(operation, { user: 'U1', planHash: hash }),
    ]) {
      expect(await codeOf(asked)).toBe('journal-forged-signature');
    }
    expect(await world.store.journal.read(operation)).toHaveLength(2);
  });

  it('leaves what was remembered on show, with the reason', async () => {
    await world.operations.view(operation);
    await forge(world, operation, CANCEL);
    const view = await world.operations.view(operation);
    expect(view?.state).toMatchObject({
      kind: 'needs a person',
      why: { code: 'journal-forged-signature' },
    });
  });

  it('does not stop what concerns other migrations', async () => {
    await world.operations.view(operation);
    const other = await openAnother(world);
    const stranger = world.again({ memory: { ...world.options.memory, seen: async () => [] } });
    await forge(world, operation, CANCEL);
    // Also where the bot has no memory of the forged one.
    expect((await stranger.openViews()).map((view) => view.operation)).toEqual([other]);
    expect((await world.operations.openViews()).map((view) => view.operation)).toEqual([
      operation,
      other,
    ]);
    await stranger.cancel('sql01', 'U1');
    expect((await world.store.journal.read(other)).at(-1)?.body.kind).toBe('cancelled');
  });
});

describe('a store that was set back', () => {
  /** The bot has seen more than the store has. */
  async function setBack(): Promise<Entry[]> {
    const entries = await world.write(operation, stepsBefore('createTargetDisks'));
    await world.operations.view(operation);
    return entries;
  }

  it('leaves the remembered state on show, with an alert that offers to heal it', async () => {
    const entries = await setBack();
    const old = { ...world.store.journal, read: async () => entries.slice(0, 3) };
    const behind = world.again({
      store: old,
      journal: { ...world.options.journal, read: old.read },
    });
    const view = await behind.view(operation);
    expect(view?.state).toMatchObject({ kind: 'needs a person', why: { code: 'journal-behind' } });
    expect(view?.alerts).toMatchObject([
      { key: 'halt-bot-journal-behind', home: 'source', offers: ['heal-store'] },
    ]);
    expect(await codeOf(behind.cancel(operation, 'U1'))).toBe('journal-behind');
  });

  it('is noticed also where it lost the whole operation', async () => {
    await setBack();
    const gone = { ...world.store.journal, read: async () => [] };
    const empty = world.again({ store: gone, journal: { ...world.options.journal, ...gone } });
    expect((await empty.view(operation))?.alerts).toMatchObject([{ offers: ['heal-store'] }]);
  });

  it('is told as another story where it went on without us', async () => {
    const entries = await setBack();
    const other = await world.write(operation, [started('createTargetDisks')]);
    const told = [...entries.slice(0, 3), ...other.slice(4)];
    const diverged = world.again({
      journal: { ...world.options.journal, read: async () => told },
    });
    expect((await diverged.view(operation))?.state.why?.code).toBe('journal-diverged');
  });
});

it('an operation whose name nobody gave has no view', async () => {
  expect(await world.operations.view('m4711')).toBeUndefined();
  expect(await world.operations.view("m1'; --")).toBeUndefined();
});
