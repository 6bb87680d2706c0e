/** What the bot does with a store that was forged, damaged or set back. */

import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { type Entry, entryHash } from '../../src/domain/journal.ts';
import { signEntry } from '../../src/trust/signatures.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { sharedStore } from '../store/server.ts';
import { approved, done, started, stepsBefore } from './stories.ts';
import { codeOf, openWorld, type World } from './world.ts';

jest.setTimeout(60_000);

let server: Awaited<ReturnType<typeof sharedStore>>;
let world: World;
let operation = '';
beforeAll(async () => {
  server = await sharedStore();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  world = await openWorld(server.url);
  operation = await world.opened();
});
afterEach(() => world[Symbol.asyncDispose]());

/** An entry in the bot's name, signed with another key; the store takes it. */
async function forge(body: Entry['body'], author: Entry['author'] = 'bot'): Promise<void> {
  const entries = await world.store.journal.read(operation);
  const last = entries.at(-1);
  const place = {
    operation,
    position: entries.length + 1,
    previous: last ? entryHash(last) : '',
  };
  const entry = signEntry(world.workers['hv-c'], { ...place, author, body });
  expect((await world.store.journal.append(entry)).result).toBe('appended');
}

async function openAnother(): Promise<string> {
  const other = vmFacts({ id: 'other', name: 'sql01' });
  world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [other] }), vm: other }));
  const wish = { vm: 'sql01', target: 'hv-b', user: 'U1', channel: 'C1' };
  const proposed = await world.operations.propose(wish);
  return 'operation' in proposed ? proposed.operation : '';
}

describe('a forged entry', () => {
  it.each([
    ['approval', () => forge(approved(['U1'])[1])],
    ['done', () => forge(done('reserveTarget')[1]?.[1] as Entry['body'], 'target')],
    ['cancel', () => forge({ kind: 'cancelled', by: 'U1' })],
  ])('is not acted upon: %s', async (_kind, forging) => {
    await world.operations.view(operation);
    await forging();
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
    await forge({ kind: 'cancelled', by: 'U1' });
    const view = await world.operations.view(operation);
    expect(view?.state).toMatchObject({
      kind: 'needs a person',
      why: { code: 'journal-forged-signature' },
    });
  });

  it('does not stop what concerns other migrations', async () => {
    await world.operations.view(operation);
    const other = await openAnother();
    const stranger = world.again({ memory: { ...world.options.memory, seen: async () => [] } });
    await forge({ kind: 'cancelled', by: 'U1' });
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
