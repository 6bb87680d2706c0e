import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Keeping, tendAll } from '../../../src/bot/fleet/alignments.ts';
import { ordersIn } from '../../../src/bot/fleet/orders.ts';
import type { Inspected } from '../../../src/bot/looks.ts';
import { openedOf, vmClaim } from '../../../src/domain/journal.ts';
import type { ProblemRecord } from '../../../src/domain/problem.ts';
import type { AlignmentOrder } from '../../../src/fleet/order.ts';
import { signRecord } from '../../../src/trust/signed-record.ts';
import { hostFacts } from '../../preflight/facts.ts';
import { codeOf, dc02, enrol, type HostName } from '../world.ts';
import { newWorld, world } from '../world-of-test.ts';

const ASKED = {
  ...{ vm: 'dc02', target: 'HV-B', everySeconds: 900 },
  ...{ user: 'UASKS', channel: 'C1', administrators: [] },
};

beforeEach(() => newWorld());

const keeping = (changes: Partial<Keeping> = {}): Keeping => ({
  ...world.options,
  log: { warn: () => undefined },
  ...changes,
});
const tend = (changes?: Partial<Keeping>) => tendAll(keeping(changes));
const holder = () => world.store.journal.holder(vmClaim(dc02.id));
const openedBy = async (operation: string | undefined) =>
  openedOf(await world.store.journal.read(operation ?? ''));
const rows = () => world.operations.alignments();

/** The source's and the target's workers give all back, and the bot closes. */
async function end(operation: string): Promise<void> {
  await world.write(
    operation,
    [
      ['bot', { kind: 'settled', home: 'source' }],
      ['bot', { kind: 'closed', outcome: 'rolled back' }],
    ],
    { release: [vmClaim(dc02.id)] },
  );
}

/** The VM is there now; undefined: nowhere that answers. */
function nowOn(home: HostName | undefined): void {
  for (const host of ['hv-a', 'hv-b', 'hv-c'] as const) {
    const here = host === home;
    world.looks.set(host, async (vm): Promise<Inspected> => {
      const facts = hostFacts(host, here ? { vms: [dc02] } : {});
      return { host: facts, ...(here && vm === dc02.name ? { vm: dc02 } : {}) };
    });
  }
}

async function begun(changes = {}): Promise<string> {
  const answer = await world.operations.align({ ...ASKED, ...changes });
  if ('refused' in answer) throw new Error(JSON.stringify(answer.refused));
  return answer.operation ?? '';
}

describe('an order to keep a VM aligned', () => {
  it('begins an operation at once, and is listed', async () => {
    const operation = await begun({ bytesPerSecondMax: 20e6 });
    expect(await holder()).toBe(operation);
    expect(await openedBy(operation)).toMatchObject({
      operation: 'alignment',
      list: 'align@1',
      plan: { source: 'hv-a', target: 'hv-b', everySeconds: 900, bytesPerSecondMax: 20e6 },
      requestedBy: 'UASKS',
    });
    expect(world.woken).toContain(operation);
    await tend();
    expect(await rows()).toMatchObject([
      { vm: { id: dc02.id }, source: 'hv-a', target: 'hv-b', everySeconds: 900, operation },
    ]);
  });

  it('is refused with the finding, and not kept, where nothing can be copied', async () => {
    const saved = { ...dc02, state: 'Saved' as const };
    world.looks.set('hv-a', async () => ({
      host: hostFacts('hv-a', { vms: [saved] }),
      vm: saved,
    }));
    const answer = await world.operations.align(ASKED);
    expect('refused' in answer && answer.refused[0]).toMatchObject({
      ...{ severity: 'blocker', check: 'vm-state' },
    });
    expect(await rows()).toEqual([]);
    expect(await holder()).toBeUndefined();
  });

  it('minds nothing that only a start at the target would need', async () => {
    world.looks.set('hv-b', async () => ({
      host: hostFacts('hv-b', { memoryBytesFree: 1, switches: [] }),
    }));
    await begun();
    expect((await rows())[0]?.problem).toBeUndefined();
  });

  it('is refused for what cannot be meant', async () => {
    expect(await codeOf(world.operations.align({ ...ASKED, target: 'hv-a' }))).toBe('same-host');
    expect(await codeOf(world.operations.align({ ...ASKED, vm: 'nobody' }))).toBe('vm-unknown');
    expect(await codeOf(world.operations.align({ ...ASKED, everySeconds: 1 }))).toBe(
      'every-too-often',
    );
    expect(await codeOf(world.operations.stopAligning('dc02', 'U1'))).toBe('not-aligned');
  });

  it('ends with its order, and nothing begins again', async () => {
    const operation = await begun();
    await world.operations.stopAligning('DC02', 'UENDS');
    const entries = await world.store.journal.read(operation);
    expect(entries.at(-1)?.body).toEqual({ kind: 'cancelled', by: 'UENDS' });
    await end(operation);
    await tend();
    expect(await holder()).toBeUndefined();
    expect(await rows()).toEqual([]);
  });

  it('given anew with another interval or host, it is carried out anew', async () => {
    const operation = await begun();
    expect(await begun({ everySeconds: 300 })).toBe(operation);
    await tend();
    const entries = await world.store.journal.read(operation);
    expect(entries.at(-1)?.body).toMatchObject({ kind: 'cancelled' });
    await end(operation);
    await tend();
    expect(await openedBy(await holder())).toMatchObject({ plan: { everySeconds: 300 } });
  });
});

describe('the keeper of orders', () => {
  it('begins again what ended by itself, and follows a VM that went to its copy', async () => {
    const first = await begun();
    await end(first);
    await tend();
    const second = await holder();
    expect(second).not.toBe(first);
    await end(second ?? '');
    nowOn('hv-b');
    await tend();
    expect(await openedBy(await holder())).toMatchObject({
      plan: { source: 'hv-b', target: 'hv-a' },
    });
    expect(await rows()).toMatchObject([{ source: 'hv-b', target: 'hv-a' }]);
  });

  it('keeps the copy where it is for a VM that went to a third host', async () => {
    await enrol(world, 'hv-c');
    await end(await begun());
    nowOn('hv-c');
    await tend();
    expect(await openedBy(await holder())).toMatchObject({
      plan: { source: 'hv-c', target: 'hv-b' },
    });
  });

  it('leaves a VM alone that another operation has, or is about to take', async () => {
    await end(await begun());
    await world.options.spoken.during(dc02.id, () => tend());
    expect(await holder()).toBeUndefined();
    nowOn('hv-a');
    const taken = await world.again({ spoken: world.options.spoken }).propose({
      ...{ vm: 'dc02', target: 'hv-b', user: 'U1', channel: 'C1' },
    });
    const migration = 'operation' in taken ? taken.operation : '';
    await tend();
    expect(await holder()).toBe(migration);
  });

  it('says why nothing is begun, tries seldom, and forgets that once it goes well', async () => {
    await end(await begun());
    nowOn(undefined);
    await tend();
    expect(await rows()).toMatchObject([{ problem: { code: 'alignment-nowhere' } }]);
    nowOn('hv-a');
    await tend();
    expect(await holder()).toBeUndefined();
    const later = (await world.store.journal.now()) + 11_000;
    await tend({ store: { ...world.store.journal, now: async () => later } });
    expect(await holder()).toBeDefined();
    await tend();
    expect((await rows())[0]?.problem).toBeUndefined();
  });

  it('keeps when the copy was young, beyond the operation that made it so', async () => {
    const operation = await begun();
    const run = (step: string) => ({ step, move: 'run' as const });
    const entries = await world.write(operation, [
      ['source', { kind: 'started', ...run('trackChanges') }],
      ['source', { kind: 'done', ...run('trackChanges'), facts: {} }],
      ['source', { kind: 'started', ...run('copyWholeDisks') }],
      ['source', { kind: 'done', ...run('copyWholeDisks'), facts: { bytesSent: 1, seconds: 1 } }],
    ]);
    await tend();
    const freshAt = entries[1]?.at;
    expect(await rows()).toMatchObject([{ freshAt, operation }]);
    await end(operation);
    await tend();
    expect(await rows()).toMatchObject([{ freshAt }]);
  });

  it('obeys no order that the bot did not write, and tells of it', async () => {
    const order: AlignmentOrder = {
      ...{ vm: { id: dc02.id, name: 'dc02' }, source: 'hv-a', target: 'hv-b', everySeconds: 60 },
      ...{ user: 'UEVIL', channel: 'C1', at: 1 },
    };
    const key = `alignments/${dc02.id}`;
    await world.store.records.put(key, signRecord(world.workers['hv-c'], key, order));
    const told: ProblemRecord[] = [];
    await tend({ onForged: (problem) => told.push(problem) });
    expect(told).toEqual([{ code: 'record-forged', facts: { record: key } }]);
    expect(await holder()).toBeUndefined();
    await ordersIn(world.store.records, world.bot).put(order);
    await tend();
    expect(await holder()).toBeDefined();
  });
});
