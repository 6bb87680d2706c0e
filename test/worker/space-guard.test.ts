/** The guard of a source's volumes on a real store, as its worker looks between the steps. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { VolumeFacts } from '../../src/domain/host.ts';
import { SPACE_LIMITS } from '../../src/domain/space.ts';
import type { StepPorts } from '../../src/migration/ports.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { signingJournal } from '../../src/worker/journal.ts';
import { rememberedOpen } from '../../src/worker/remembered.ts';
import { spaceGuard } from '../../src/worker/space-guard.ts';
import { bot, done, started, stepsBefore } from '../bot/stories.ts';
import { openWorld, type World } from '../bot/world.ts';
import { GIB, hostFacts } from '../preflight/facts.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

/** This host's worker; it remembers what is on its disk, as after a restart. */
async function worker(
  host: 'hv-a' | 'hv-b',
  volumes: () => Promise<readonly VolumeFacts[]>,
): Promise<() => Promise<void>> {
  const identity = world.workers[host];
  const memory = openMemory(join(world.directory, `${host} memory`));
  for (const operation of await world.store.journal.open()) {
    await memory.remember(operation, await world.store.journal.read(operation));
  }
  const steps = {
    host: { volumes },
    memory,
    space: SPACE_LIMITS,
    journal: signingJournal({
      store: world.store.journal,
      identity,
      botFingerprint: world.bot.fingerprint,
      roleIn: () => 'source',
    }),
  } as unknown as StepPorts;
  const remembered = rememberedOpen(memory);
  const { store } = world;
  const guard = spaceGuard({ steps, publicKey: identity.publicKey, store, identity });
  return async () => await guard(await remembered());
}

/** One look, and how often it looked at its volumes. */
async function look(host: 'hv-a' | 'hv-b', volumes: readonly VolumeFacts[]): Promise<number> {
  let looks = 0;
  const once = await worker(host, async () => {
    looks += 1;
    return volumes;
  });
  await once();
  return looks;
}

const [volume] = hostFacts('hv-a').volumes;
if (!volume) throw new Error('No volume');
const low = [{ ...volume, bytesTotal: 50 * GIB, bytesFree: GIB }];
const bodiesOf = async (operation: string) =>
  (await world.store.journal.read(operation)).map(({ body }) => body);
const planOf = async (operation: string) => {
  const [opening] = await bodiesOf(operation);
  return opening?.kind === 'opened' ? opening.planHash : '';
};

/** dc02 up to this step. */
async function openedUpTo(step: string): Promise<string> {
  const operation = await world.opened();
  await world.write(operation, stepsBefore(step, await planOf(operation)));
  return operation;
}

describe('the lookout of a source', () => {
  it('takes back, once, what is asked about while its volume gets full', async () => {
    const operation = await openedUpTo('catchUp');
    await look('hv-a', low);
    const after = await bodiesOf(operation);
    expect(after.at(-1)).toEqual({
      kind: 'failed',
      step: 'trackChanges',
      move: 'run',
      outcome: 'roll back',
      problem: {
        code: 'source-space-low',
        facts: { vm: 'dc02', host: 'hv-a', volume: 'D:', bytesFree: GIB, bytesMin: 10 * GIB },
      },
    });
    expect(await look('hv-a', low)).toBe(0);
    expect(await bodiesOf(operation)).toEqual(after);
  });

  it('does so also while a step runs, and while it is paused', async () => {
    const operation = await openedUpTo('copyWholeDisks');
    await world.write(operation, [started('copyWholeDisks'), bot({ kind: 'paused', by: 'U1' })]);
    await look('hv-a', low);
    expect((await bodiesOf(operation)).at(-1)).toMatchObject({ kind: 'failed' });
  });

  it('leaves alone what has room', async () => {
    const operation = await openedUpTo('catchUp');
    const before = await bodiesOf(operation);
    expect(await look('hv-a', [volume])).toBe(1);
    expect(await bodiesOf(operation)).toEqual(before);
  });

  it.each([
    ['before the first freeze', 'trackChanges'],
    ['once the guest was asked to stop', 'fenceSource'],
  ])('does not even look %s', async (_name, step) => {
    await openedUpTo(step);
    expect(await look('hv-a', low)).toBe(0);
  });

  it('looks again once the guest runs again', async () => {
    const operation = await openedUpTo('fenceSource');
    const asked = { code: 'vm-went-off', facts: {} };
    await world.write(operation, [
      started('fenceSource'),
      [
        'source',
        { kind: 'failed', step: 'fenceSource', move: 'run', outcome: 'ask again', problem: asked },
      ],
      ...['fenceSource', 'stopSource', 'forbidSourceStart'].flatMap((step) =>
        done(step, {}, 'undo'),
      ),
    ]);
    expect(await look('hv-a', low)).toBe(1);
    expect((await bodiesOf(operation)).at(-1)).toMatchObject({ outcome: 'roll back' });
  });
});

describe('a lookout that cannot look', () => {
  const AWAY = new Error('Hyper-V is away');
  const haltOf = (operation: string) => world.store.records.get(`halts/${operation}/hv-a-volumes`);

  it('is told once it has lasted, and no more when it can look again', async () => {
    const operation = await openedUpTo('catchUp');
    let isAway = true;
    const guards = await worker('hv-a', async () => {
      if (isAway) throw AWAY;
      return [volume];
    });
    for (let looks = 1; looks < 24; looks += 1) await expect(guards()).rejects.toBe(AWAY);
    expect(await haltOf(operation)).toBeUndefined();
    await expect(guards()).rejects.toBe(AWAY);
    expect(await haltOf(operation)).toEqual({
      code: 'volumes-unwatched',
      facts: { vm: 'dc02', host: 'hv-a', message: 'Error: Hyper-V is away' },
    });
    isAway = false;
    await guards();
    expect(await haltOf(operation)).toBeUndefined();
  });

  it('is not told of again after a restart that helped', async () => {
    const operation = await openedUpTo('catchUp');
    await world.store.records.put(`halts/${operation}/hv-a-volumes`, { code: 'x', facts: {} });
    await look('hv-a', [volume]);
    expect(await haltOf(operation)).toBeUndefined();
  });
});

it('the lookout of a target has no rounds to guard', async () => {
  await openedUpTo('catchUp');
  expect(await look('hv-b', low)).toBe(0);
});
