/** The sweep on a real store, with journals that somebody else wrote into. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobQueue } from '../../jobs/queues.ts';
import { openLog } from '../../src/log.ts';
import type { JournalStore } from '../../src/store/store.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { signingJournal } from '../../src/worker/journal.ts';
import { keepSweeping, type Sweep } from '../../src/worker/sweep.ts';
import { approved, done, stepsBefore } from '../bot/stories.ts';
import { forge, openAnother, openWorld, type World } from '../bot/world.ts';
import type { Written } from '../trust/journal-fixture.ts';
import { until } from '../until.ts';

let world: World;
let stopping: AbortController;
const sweeps: Sweep[] = [];
beforeEach(async () => {
  world = await openWorld();
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  for (const sweep of sweeps.splice(0)) await sweep.ended;
  await world[Symbol.asyncDispose]();
});

interface Swept {
  readonly sweep: Sweep;
  /** Ids of the jobs that were handed out. */
  readonly jobs: string[];
  readonly goneOn: string[];
}

/** hv-b's worker sweeps; its queues only record. */
function sweepAtTarget(journalStore: JournalStore = world.store.journal): Swept {
  const jobs: string[] = [];
  const goneOn: string[] = [];
  const identity = world.workers['hv-b'];
  const queue = (name: string): JobQueue => ({
    name,
    add: async (_payload, { jobId = '' } = {}) => {
      jobs.push(`${name} ${jobId}`);
      return { id: jobId };
    },
    get: async () => undefined,
  });
  const signing = {
    store: journalStore,
    identity,
    botFingerprint: world.bot.fingerprint,
    roleIn: () => 'target' as const,
  };
  const memory = openMemory(join(world.directory, 'hv-b memory'));
  const sweep = keepSweeping(
    {
      memory,
      store: { ...world.store, journal: journalStore },
      identity,
      queues: { queue },
      steps: {
        journal: signingJournal(signing),
        memory,
      },
      goOn: async (operation) => {
        goneOn.push(operation);
      },
    },
    { log: openLog('test', 'silent'), stopping: stopping.signal },
  );
  sweeps.push(sweep);
  return { sweep, jobs, goneOn };
}

const haltOf = (operation: string) => world.store.records.get(`halts/${operation}/hv-b`);

describe('the sweep', () => {
  it('hands out what is open when it starts, and what is opened later', async () => {
    const first = await world.opened();
    const { jobs, goneOn } = sweepAtTarget();
    await until(() => jobs.includes(`host-hv-b ${first}.reserveTarget.run.1`));
    const second = await openAnother(world);
    await until(() => jobs.includes(`host-hv-b ${second}.reserveTarget.run.1`));
    expect(goneOn).toEqual(expect.arrayContaining([first, second]));
  });

  it('sees the very first operation of an empty store at once', async () => {
    let looks = 0;
    const counted = {
      ...world.store.journal,
      changes: (cursor: number) => {
        looks += 1;
        return world.store.journal.changes(cursor);
      },
    };
    const { jobs } = sweepAtTarget(counted);
    await until(() => looks > 1);
    const first = await world.opened();
    await until(() => jobs.includes(`host-hv-b ${first}.reserveTarget.run.1`));
  });

  it.each([
    ['approval', 'catchUp', approved(['U1', 'U2'])],
    ['done', 'reserveTarget', done('reserveTarget')[1] as Written],
    ['cancel', 'createTargetDisks', ['source', { kind: 'cancelled', by: 'U1' }]],
  ] as const)(
    'does not act upon a forged %s: it records the halt, and others go on',
    async (_kind, step, written) => {
      const forged = await world.opened();
      await world.write(forged, stepsBefore(step));
      await forge(world, forged, written);
      const other = await openAnother(world);
      const { jobs } = sweepAtTarget();
      await until(() => jobs.some((job) => job.includes(other)));
      await until(async () => (await haltOf(forged)) !== undefined);
      expect(await haltOf(forged)).toMatchObject({ code: 'journal-forged-signature' });
      expect(jobs.filter((job) => job.includes(`${forged}.`))).toEqual([]);
      expect(await haltOf(other)).toBeUndefined();
    },
  );

  it('reports an operation that the store forgot altogether', async () => {
    const forgotten = await world.opened();
    const entries = await world.store.journal.read(forgotten);
    await openMemory(join(world.directory, 'hv-b memory')).remember(forgotten, entries);
    const empty: JournalStore = {
      ...world.store.journal,
      read: async () => [],
      open: async () => [],
    };
    const { jobs } = sweepAtTarget(empty);
    await until(async () => (await haltOf(forgotten)) !== undefined);
    expect(await haltOf(forgotten)).toMatchObject({ code: 'journal-behind' });
    expect(jobs).toEqual([]);
  });

  it('halts at an entry by a role that may not write it', async () => {
    const forged = await world.opened();
    await world.write(forged, [['source', { kind: 'settled', home: 'target' }]]);
    const { jobs } = sweepAtTarget();
    await until(async () => (await haltOf(forged)) !== undefined);
    expect(await haltOf(forged)).toMatchObject({ code: 'journal-wrong-author' });
    expect(jobs).toEqual([]);
  });

  it('goes on with the others also where the store names what is no operation', async () => {
    const other = await world.opened();
    const odd = { ...world.store.journal, open: async () => ['../../x', 'X Y', other] };
    const { jobs } = sweepAtTarget(odd);
    await until(() => jobs.some((job) => job.includes(other)));
  });

  it('takes back the halt that it left before it was restarted', async () => {
    const operation = await world.opened();
    await world.store.records.put(`halts/${operation}/hv-b`, {
      code: 'journal-behind',
      facts: { operation, seen: 9, found: 1 },
    });
    sweepAtTarget();
    await until(async () => (await haltOf(operation)) === undefined);
    expect(await world.store.journal.read(operation)).toHaveLength(1);
  });
});
