import { beforeEach, describe, expect, it } from '@jest/globals';
import type { VmAbout } from '../../../src/domain/vm.ts';
import type { KeptCopy } from '../../../src/migration/kept.ts';
import { hostFacts, vmFacts } from '../../preflight/facts.ts';
import { codeOf, dc02, enrol } from '../world.ts';
import { newWorld, world } from '../world-of-test.ts';

const ABOUT: VmAbout = { adapters: [], memoryStartupBytes: 2 ** 31, startAction: 'Start' };
const web01 = vmFacts({ id: 'web01-id', name: 'web01' });
const copyOf = (vm: KeptCopy['vm'], changes: Partial<KeptCopy> = {}): KeptCopy => ({
  ...{ kind: 'received', vm: { id: vm.id, name: vm.name }, folder: 'D:\\x', operation: 'm1' },
  ...{ round: 1, committedAt: 5000, bytes: 1, about: ABOUT },
  ...changes,
});
/** What each host keeps. */
const kept = new Map<string, readonly KeptCopy[]>();

beforeEach(async () => {
  kept.clear();
  await newWorld();
  world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [dc02, web01] }) }));
});

const asked = (host: string, changes = {}) =>
  world.again({ copiesOn: async (name) => kept.get(name) ?? [], ...changes }).whatIf(host);
const align = async () => {
  world.looks.set('hv-a', async (vm) => ({
    host: hostFacts('hv-a', { vms: [dc02, web01] }),
    ...(vm === dc02.name ? { vm: dc02 } : {}),
  }));
  await world.operations.align({
    ...{ vm: 'dc02', target: 'hv-b', everySeconds: 900 },
    ...{ user: 'U1', channel: 'C1', administrators: [] },
  });
};

describe('what if a host dies', () => {
  it('says of each of its VMs what the others have of it', async () => {
    kept.set('hv-b', [copyOf(dc02), copyOf(web01, { kind: 'left behind' })]);
    kept.set('hv-a', [copyOf(web01)]);
    expect(await asked('HV-A')).toEqual({
      ...{ host: 'hv-a', answers: true, silent: [], bare: [] },
      vms: [
        {
          vm: { id: dc02.id, name: 'dc02' },
          fate: { kind: 'restorable', host: 'hv-b', freshAt: 5000 },
        },
        { vm: { id: 'web01-id', name: 'web01' }, fate: { kind: 'lost' } },
      ],
    });
  });

  it('counts no copy that a VM runs from, and no memory that is not there', async () => {
    kept.set('hv-b', [copyOf(web01, { usedBy: 'web01' }), copyOf(dc02)]);
    world.looks.set('hv-b', async () => ({
      host: hostFacts('hv-b', { memoryBytesFree: 2 ** 30 }),
    }));
    const { vms } = await asked('hv-a');
    expect(vms).toMatchObject([
      { vm: { name: 'dc02' }, fate: { kind: 'no room', host: 'hv-b' } },
      { vm: { name: 'web01' }, fate: { kind: 'lost' } },
    ]);
  });

  it('knows of a host that is away what others have of it, and of nothing that runs elsewhere', async () => {
    world.looks.delete('hv-a');
    await enrol(world, 'hv-c');
    world.looks.set('hv-c', async () => ({ host: hostFacts('hv-c', { vms: [web01] }) }));
    kept.set('hv-b', [copyOf(dc02), copyOf(web01)]);
    const found = await asked('hv-a');
    expect(found).toMatchObject({ answers: false, vms: [{ vm: { name: 'dc02' } }] });
    expect(found.vms).toHaveLength(1);
  });

  it('leaves out what is known to be of a third host that is away too', async () => {
    await align();
    world.looks.delete('hv-a');
    await enrol(world, 'hv-c');
    kept.set('hv-b', [copyOf(dc02)]);
    expect(await asked('hv-c')).toMatchObject({ answers: false, silent: ['hv-a'], vms: [] });
    expect(await asked('hv-a')).toMatchObject({ vms: [{ fate: { kind: 'restorable' } }] });
  });

  it('names the VMs of other hosts whose only copy is there', async () => {
    await align();
    expect(await asked('hv-b')).toMatchObject({ vms: [], bare: ['dc02'] });
    await enrol(world, 'hv-c');
    world.looks.set('hv-c', async () => ({ host: hostFacts('hv-c') }));
    kept.set('hv-c', [copyOf(dc02)]);
    expect(await asked('hv-b')).toMatchObject({ bare: [] });
  });

  it('says that Ferry itself would be gone', async () => {
    const standing = async () => ({ name: 'hv-a.example', bot: [], store: [] });
    expect(await asked('hv-a', { standing })).toMatchObject({ carries: 'bot' });
    expect(await asked('hv-b', { standing })).not.toHaveProperty('carries');
  });

  it('is refused for a host that nobody knows', async () => {
    expect(await codeOf(asked('hv-x'))).toBe('host-unknown');
  });
});
