/** One delivery of a step's job: who runs it, and what becomes of what goes wrong. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import { enqueueNext } from '../../jobs/step.ts';
import { meaningOf } from '../../src/bot/requests.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { signingJournal } from '../../src/worker/journal.ts';
import { entriesOf, stepsBefore } from '../bot/stories.ts';
import { kindsOf } from '../bot/world.ts';
import { newOperation, operation, read, world } from '../bot/world-of-test.ts';
import { type Arranged, processingOn } from './step-fixture.ts';

beforeEach(() => newOperation());

const processing = (arranged: Arranged) => processingOn(world, arranged);
const away = async (): Promise<never> => {
  throw new Problem('store-unreachable', { url: 'postgres://gone' });
};

describe('a step job', () => {
  it('makes one move, writes how it ended and tells whoever is next', async () => {
    const target = processing({});
    await target.step(operation);
    expect(kindsOf(await read())).toEqual(['opened', 'started', 'done']);
    expect(target).toMatchObject({ moved: [operation], resumed: [operation], halted: [] });
  });

  it('ends without a word when the other side is next', async () => {
    const source = processing({ side: 'source' });
    await source.step(operation);
    expect(kindsOf(await read())).toEqual(['opened']);
    expect(source).toMatchObject({ moved: [], halted: [], interrupted: [] });
  });

  it('runs once, however often it is delivered while it works', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let runs = 0;
    const target = processing({
      reserve: async () => {
        runs += 1;
        begun.resolve();
        await promise;
      },
    });
    const first = target.step(operation);
    await begun.promise;
    await Promise.all([target.step(operation), target.step(operation)]);
    expect(runs).toBe(1);
    resolve();
    await first;
    expect(kindsOf(await read())).toEqual(['opened', 'started', 'done']);
    expect(target.moved).toEqual([operation]);
  });

  it('looks again for a delivery that came while it read an older journal', async () => {
    const old = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    let reads = 0;
    const written = await world.write(operation, stepsBefore('reserveTarget'));
    const source = processing({
      side: 'source',
      journal: {
        read: async () => {
          reads += 1;
          if (reads > 1) return written;
          reading.resolve();
          await old.promise;
          return written.slice(0, 1);
        },
      },
    });
    const first = source.step(operation);
    await reading.promise;
    await source.step(operation);
    old.resolve();
    await first;
    expect(reads).toBe(2);
  });

  it('does not hold up another operation', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const target = processing({
      reserve: async () => {
        begun.resolve();
        await promise;
      },
    });
    const first = target.step(operation);
    await begun.promise;
    await target.step('m99');
    expect(target.halted).toMatchObject([{ code: 'journal-not-opened' }]);
    resolve();
    await first;
  });

  it('halts where the journal itself is wrong, and writes nothing', async () => {
    const forged = await read();
    const target = processing({
      journal: { read: async () => forged.map((one) => ({ ...one, signature: 'AAAA' }) as Entry) },
    });
    await target.step(operation);
    expect(target.halted).toMatchObject([{ code: 'journal-forged-signature' }]);
    expect(target).toMatchObject({ moved: [], resumed: [], interrupted: [] });
    expect(await read()).toHaveLength(1);
  });

  it('is interrupted where the store goes away, and fails so that it is delivered again', async () => {
    const target = processing({ journal: { read: away } });
    await expect(target.step(operation)).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(target).toMatchObject({ halted: [], interrupted: [operation], moved: [] });
  });

  it('halts at a bug of ours, and lets it be heard', async () => {
    const broken = async (): Promise<never> => {
      throw new TypeError('x is not a function');
    };
    const target = processing({ journal: { now: broken } });
    await expect(target.step(operation)).rejects.toThrow('x is not a function');
    expect(target.halted).toEqual([{ code: 'bug', facts: { message: 'x is not a function' } }]);
  });

  it('can be run again after each of these', async () => {
    let isBroken = true;
    const journal = signingJournal({
      store: world.store.journal,
      identity: world.workers['hv-b'],
      botFingerprint: world.bot.fingerprint,
      roleIn: () => 'target',
    });
    const target = processing({
      journal: { read: async (one) => (isBroken ? away() : journal.read(one)) },
    });
    await expect(target.step(operation)).rejects.toThrow();
    isBroken = false;
    await target.step(operation);
    expect(kindsOf(await read())).toEqual(['opened', 'started', 'done']);
  });
});

describe('a task that is not due yet', () => {
  const hosts = { source: 'hv-a', target: 'hv-b' };

  it('is not run early, although its job comes', async () => {
    await world.write(operation, stepsBefore('catchUp'));
    const length = (await read()).length;
    const source = processing({ side: 'source' });
    await source.step(operation);
    expect(await read()).toHaveLength(length);
    expect(source).toMatchObject({ moved: [], halted: [] });
  });

  it('gets a job that waits, with a name that the next attempt does not have', async () => {
    const added: { jobId: string; delay: number }[] = [];
    const queue = (name: string) => ({
      name,
      add: async (_payload: object, options: object = {}) => {
        added.push(options as (typeof added)[0]);
        return { id: '' };
      },
      get: async () => undefined,
    });
    const entries = entriesOf(stepsBefore('catchUp'));
    const now = entries.at(-1)?.at ?? 0;
    const { next } = meaningOf(entries, now);
    const position = entries.length;
    await enqueueNext(next, { queues: { queue }, operation: 'm1', hosts, position, now });
    await enqueueNext(next, {
      queues: { queue },
      operation: 'm1',
      hosts,
      position,
      now: now + 1e9,
    });
    expect(added).toMatchObject([
      { jobId: `m1.catchUp.keepWarm.${position}`, delay: 600_050 },
      { delay: 0 },
    ]);
  });
});
