/** A rolled back operation tried again, after the hosts have changed meanwhile. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import { copyClaim, vmClaim } from '../../src/domain/journal.ts';
import type { KeptCopy } from '../../src/migration/kept.ts';
import { textOf } from '../../src/texts/catalogue.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { bot, done, stepsBefore } from './stories.ts';
import { codeOf, dc02, enrol, problemOf } from './world.ts';
import { newOperation, operation, world } from './world-of-test.ts';

beforeEach(async () => {
  await newOperation();
  await world.operations.cancel(operation, 'U7');
  await world.write(operation, done('trackChanges', {}, 'undo'));
  await world.write(operation, [bot({ kind: 'settled', home: 'source' })], {
    release: [vmClaim(dc02.id)],
  });
});

const retry = () => world.operations.retry(operation, 'U8');

/** The VM of this name is there, and nowhere else. */
async function only(host: 'hv-a' | 'hv-b' | 'hv-c', vm = dc02): Promise<void> {
  if (host === 'hv-c') await enrol(world, 'hv-c');
  for (const name of ['hv-a', 'hv-b', 'hv-c']) {
    const isHere = name === host;
    const facts = hostFacts(name, isHere ? { vms: [vm] } : {});
    world.looks.set(name, async (asked) =>
      isHere && asked === vm.name ? { host: facts, vm } : { host: facts },
    );
  }
}

async function refused() {
  const before = await world.store.journal.list(9);
  const problem = await problemOf(retry());
  expect(await world.store.journal.list(9)).toEqual(before);
  const { text, remedy } = textOf(problem);
  return { problem, said: `${text} ${remedy}` };
}

describe('retry of a rolled back migration', () => {
  it('is a new one from what the hosts show now, with what people had asked for', async () => {
    const bigger = { ...dc02, memoryStartupBytes: dc02.memoryStartupBytes * 2 };
    await only('hv-a', bigger);
    await retry();
    const [newest = ''] = await world.store.journal.list(1);
    const [now, before] = await Promise.all(
      [newest, operation].map((one) => world.operations.view(one)),
    );
    expect(newest).not.toBe(operation);
    expect(now?.plan).toMatchObject({
      ...{ source: 'hv-a', target: 'hv-b', memoryStartupBytes: bigger.memoryStartupBytes },
    });
    expect(now?.planHash).not.toBe(before?.planHash);
  });

  it('says where the VM is when it is on a third host by now, and what to type', async () => {
    await only('hv-c');
    const { problem, said } = await refused();
    const route = { operation, source: 'hv-a', target: 'hv-b' };
    expect([problem.code, problem.facts]).toEqual([
      'retry-vm-moved',
      { vm: 'dc02', host: 'hv-c', ...route },
    ]);
    expect(said).toContain(`dc02 is on hv-c now; ${operation} was to move it from hv-a to hv-b.`);
    expect(said).toContain('type /migrate "dc02" to hv-b');
  });

  it('says that nothing is left to do when the VM is at its target by now', async () => {
    await only('hv-b');
    const { problem, said } = await refused();
    expect(problem.facts).toMatchObject({ host: 'hv-b', target: 'hv-b' });
    expect(said).toContain('nothing is left to do');
  });

  it('is not of another VM that took its name', async () => {
    await only('hv-a', vmFacts({ id: 'another' }));
    expect((await refused()).problem.code).toBe('retry-other-vm');
  });

  it('names no VM and no silent host but those of its own hosts when the VM is gone', async () => {
    await enrol(world, 'hv-c');
    world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a') }));
    const { problem } = await refused();
    expect([problem.code, problem.facts]).toEqual([
      'vm-unknown',
      { vm: 'dc02', known: [], silent: [] },
    ]);
  });

  it('checks the target as it is now', async () => {
    world.looks.set('hv-b', async () => ({ host: hostFacts('hv-b', { switches: [] }) }));
    expect((await refused()).problem.code).toBe('virtual-switch');
  });
});

describe('retry by the name of the VM', () => {
  // The bot looks at what changed; only then it knows that the VM is free.
  beforeEach(() => world.operations.view(operation));

  it('plans its last migration anew, and says which operation that is', async () => {
    const wish = { target: 'hv-b', method: 'stream', bytesPerSecondMax: 5e6, pauseSecondsMax: 33 };
    const proposed = await world.operations.propose({
      ...{ ...wish, method: 'stream', vm: 'dc02', user: 'UASKS', channel: 'C2' },
    });
    const limited = 'operation' in proposed ? proposed.operation : '';
    await world.operations.cancel(limited, 'U7');
    const undone = [...done('trackChanges', {}, 'undo'), bot({ kind: 'settled', home: 'source' })];
    const closed = bot({ kind: 'closed', outcome: 'rolled back' });
    await world.write(limited, [...undone, closed], { release: [vmClaim(dc02.id)] });
    await world.operations.view(limited);
    const anew = await world.operations.retry('DC02', 'U8');
    const [newest = ''] = await world.store.journal.list(1);
    expect(anew).toEqual({ operation: newest, channel: 'C2' });
    const { target: ___, ...asked } = wish;
    expect(await world.operations.view(newest)).toMatchObject({
      requestedBy: 'U8',
      plan: { ...asked, source: 'hv-a', target: 'hv-b' },
    });
    expect(world.woken.at(-1)).toBe(newest);
  });

  it('tries again what is under way, and opens nothing', async () => {
    const opened = await world.opened();
    expect(await codeOf(world.operations.retry('dc02', 'U8'))).toBe('nothing-to-retry');
    expect(await world.store.journal.list(1)).toEqual([opened]);
  });

  it('says of a VM that was moved that it is over, and of any other that there is nothing', async () => {
    const opened = await world.opened();
    const { planHash = '' } = (await world.operations.view(opened)) ?? {};
    const moved = [...stepsBefore('retireSource', planHash), ...done('retireSource')];
    const closed = bot({ kind: 'closed', outcome: 'migrated' });
    await world.write(opened, [...moved, bot({ kind: 'settled', home: 'target' }), closed]);
    const { code, facts } = await problemOf(world.operations.retry('dc02', 'U8'));
    expect([code, facts]).toEqual(['operation-over', { operation: opened, outcome: 'migrated' }]);
    expect(await codeOf(world.operations.retry('sql01', 'U8'))).toBe('nothing-to-cancel');
    expect(await codeOf(world.operations.retry('m99', 'U8'))).toBe('operation-unknown');
  });
});

describe('retry of a deletion that was not done', () => {
  const kept: KeptCopy = {
    ...{ vm: { id: dc02.id, name: 'dc02' }, folder: 'D:\\copy', operation: 'm0', round: 1 },
    ...{ committedAt: 0, bytes: 5, kind: 'received' },
  };

  it('asks people anew for the copies that are there now', async () => {
    let copies = [kept];
    const bots = world.again({ copiesOn: async (host) => (host === 'hv-b' ? copies : []) });
    const wish = { vm: 'dc02', host: 'hv-b', user: 'UASKS', channel: 'C1' };
    const proposed = await bots.proposeDeletion(wish);
    const deletion = 'operation' in proposed ? proposed.operation : '';
    await bots.cancel(deletion, 'U7');
    await world.write(deletion, [bot({ kind: 'closed', outcome: 'rolled back' })], {
      release: [vmClaim(dc02.id), copyClaim(dc02.id, 'hv-b')],
    });
    copies = [{ ...kept, folder: 'D:\\other' }];
    await bots.retry(deletion, 'U8');
    const [newest = ''] = await world.store.journal.list(1);
    expect(newest).not.toBe(deletion);
    expect(await bots.view(newest)).toMatchObject({
      ...{ requestedBy: 'U8', plan: { method: 'delete', copies: [{ folder: 'D:\\other' }] } },
    });
    expect(world.woken.at(-1)).toBe(newest);
  });
});
