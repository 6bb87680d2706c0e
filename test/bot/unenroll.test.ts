/** An enrolment taken back: the bot and the workers trust the key no longer. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import { enrolledHosts } from '../../src/worker/enrolled.ts';
import { bot, done } from './stories.ts';
import { codeOf, enrol, problemOf } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const WISH = { vm: 'dc02', target: 'hv-b', user: 'U1', channel: 'C1' };

beforeEach(() => newWorld());

const believedByWorkers = async () => {
  const { store, bot: identity } = world;
  // As the bot's process does at its start.
  await store.records.put('bot', { publicKey: identity.publicKey });
  const pinned = { records: store.records, botFingerprint: identity.fingerprint };
  return (await enrolledHosts(pinned)).map(({ name }) => name);
};

describe('unenrolling a host', () => {
  it('ends the trust of bot and workers, and the host can be enrolled again', async () => {
    expect(await believedByWorkers()).toEqual(['hv-a', 'hv-b']);
    expect(await world.operations.mayUnenroll('HV-B')).toBe('hv-b');
    expect(await believedByWorkers()).toEqual(['hv-a', 'hv-b']);
    await world.operations.unenroll('hv-b');
    expect(await believedByWorkers()).toEqual(['hv-a']);
    expect(await world.operations.hosts()).toMatchObject([{}, { state: 'not enrolled' }]);
    expect(await codeOf(world.operations.propose(WISH))).toBe('host-not-enrolled');
    await enrol(world, 'hv-b');
    expect(await believedByWorkers()).toEqual(['hv-a', 'hv-b']);
    expect(await world.operations.propose(WISH)).toHaveProperty('operation');
  });

  it('is refused while an operation of this host is under way, on either side', async () => {
    const operation = await world.opened();
    for (const host of ['hv-a', 'hv-b']) {
      const asked = [world.operations.mayUnenroll(host), world.operations.unenroll(host)];
      for (const one of asked) {
        const { code, facts } = await problemOf(one);
        expect([code, facts]).toEqual(['unenroll-busy', { host, operations: [operation] }]);
      }
    }
    await enrol(world, 'hv-c');
    await world.operations.unenroll('hv-c');
  });

  it('is not held back by a host that is gone and never cleans up', async () => {
    const operation = await world.opened();
    await world.operations.cancel(operation, 'U7');
    await world.write(operation, done('trackChanges', {}, 'undo'));
    await world.write(operation, [bot({ kind: 'settled', home: 'source' })]);
    expect(await world.operations.view(operation)).toMatchObject({
      state: { kind: 'rolled back' },
    });
    await world.operations.unenroll('hv-b');
    expect(await believedByWorkers()).toEqual(['hv-a']);
  });

  it('ends a plan that is being made with it meanwhile', async () => {
    const look = world.looks.get('hv-a');
    world.looks.set('hv-a', async (vm) => {
      await world.operations.unenroll('hv-b');
      return await (look?.(vm) ?? Promise.reject(new Error('nobody')));
    });
    expect(await codeOf(world.operations.propose(WISH))).toBe('host-not-enrolled');
    expect(await world.store.journal.list(9)).toEqual([]);
  });

  it('takes away also an enrolment that nobody believes', async () => {
    await world.store.records.put('enrolments/hv-b', { name: 'hv-b' });
    await world.operations.unenroll('hv-b');
    expect(await world.store.records.get('enrolments/hv-b')).toBeUndefined();
  });

  it.each(['hv-z', '', '../hv-a', '__proto__', 'x'.repeat(5000)])(
    'does not know %j',
    async (host) => {
      const { code, facts } = await problemOf(world.operations.unenroll(host));
      expect([code, facts]).toEqual(['host-unknown', { host, known: ['hv-a', 'hv-b'] }]);
    },
  );
});
