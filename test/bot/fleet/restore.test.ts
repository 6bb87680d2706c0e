import { beforeEach, describe, expect, it } from '@jest/globals';
import { tendAll } from '../../../src/bot/fleet/alignments.ts';
import type { OperationsOptions } from '../../../src/bot/operations.ts';
import { copyClaim, openedOf, vmClaim } from '../../../src/domain/journal.ts';
import type { VmAbout } from '../../../src/domain/vm.ts';
import type { KeptCopy } from '../../../src/migration/kept.ts';
import { hostFacts } from '../../preflight/facts.ts';
import { codeOf, dc02, type HostName } from '../world.ts';
import { newWorld, world } from '../world-of-test.ts';

const MAC = { mac: '00155D010203' };
const ABOUT: VmAbout = {
  adapters: [
    { name: 'LAN', switch: 'LAN', ...MAC },
    { name: 'Spare', ...MAC },
  ],
  memoryStartupBytes: 2 ** 31,
  startAction: 'Start',
};
const ASKED = { vm: 'DC02', host: 'hv-b', user: 'UASKS', channel: 'C1' };

/** The alignment that made the copy. */
let alignment = '';
let committedAt = 0;

beforeEach(async () => {
  await newWorld();
  const answer = await world.operations.align({
    ...{ vm: 'dc02', target: 'hv-b', everySeconds: 900 },
    ...{ user: 'UALIGNS', channel: 'C1', administrators: [] },
  });
  if ('refused' in answer) throw new Error(JSON.stringify(answer.refused));
  alignment = answer.operation ?? '';
  committedAt = (await world.store.journal.now()) - 60_000;
  lost();
});

const copyOf = (changes: Partial<KeptCopy> = {}): KeptCopy => ({
  kind: 'received',
  vm: { id: dc02.id, name: 'dc02' },
  folder: 'D:\\VMs\\dc02',
  operation: alignment,
  round: 7,
  committedAt,
  bytes: 1e9,
  about: ABOUT,
  ...changes,
});
const without = ({ about: _, ...copy }: KeptCopy): KeptCopy => copy;

/** hv-a says nothing any more. */
function lost(): void {
  world.looks.delete('hv-a');
  answers('hv-b');
}
function answers(host: HostName, state?: 'Running' | 'Off'): void {
  const vm = { ...dc02, state: state ?? 'Off' };
  world.looks.set(host, async () => ({
    host: hostFacts(host, state ? { vms: [vm] } : {}),
    ...(state ? { vm } : {}),
  }));
}

const bot = (changes: Partial<OperationsOptions> = {}, copies: readonly KeptCopy[] = [copyOf()]) =>
  world.again({ copiesOn: async (host) => (host === 'hv-b' ? copies : []), ...changes });

async function opened(changes: Partial<OperationsOptions> = {}, copies?: readonly KeptCopy[]) {
  const proposed = await bot(changes, copies).proposeRestore(ASKED);
  if (!('operation' in proposed)) throw new Error(JSON.stringify(proposed.refused));
  const { operation } = proposed;
  const body = openedOf(await world.store.journal.read(operation));
  if (body.operation !== 'restore') throw new Error('It is no restore');
  return { operation, opened: body };
}
const refused = (copies?: readonly KeptCopy[]) => codeOf(bot({}, copies).proposeRestore(ASKED));
const holder = (claim: string) => world.store.journal.holder(claim);

describe('a restore', () => {
  it('is of the newest copy, with what the VM had, and of the host that sent it', async () => {
    const older = copyOf({ folder: 'D:\\VMs\\older', round: 3, committedAt: committedAt - 1 });
    const left = copyOf({ kind: 'left behind', committedAt: committedAt + 1 });
    const { operation, opened: body } = await opened({}, [older, copyOf(), left]);
    expect(body).toMatchObject({
      list: 'restore@1',
      requestedBy: 'UASKS',
      parties: { source: { name: 'hv-a' }, target: { name: 'hv-b' } },
      plan: {
        ...{ method: 'restore', source: 'hv-a', target: 'hv-b' },
        vm: { id: dc02.id, name: 'dc02' },
        copy: { folder: 'D:\\VMs\\dc02', operation: alignment, round: 7, committedAt, bytes: 1e9 },
        networks: [{ adapter: 'LAN', switch: 'LAN' }],
        memoryStartupBytes: 2 ** 31,
        startAction: 'Start',
      },
    });
    expect(await holder(vmClaim(dc02.id))).toBe(operation);
    expect(world.woken).toContain(operation);
  });

  it('says how long the host is silent, and what is not in the copy', async () => {
    const { operation, opened: body } = await opened();
    expect(body.plan.acknowledged).toEqual(['restore-source-silent', 'restore-loses']);
    const view = await world.operations.view(operation);
    const loses = view?.findings.find(({ code }) => code === 'restore-loses');
    expect(Number(loses?.facts.seconds)).toBeGreaterThanOrEqual(60);
    expect(Number(loses?.facts.seconds)).toBeLessThan(90);
    expect(view?.findings.map(({ code }) => code)).toEqual(body.plan.acknowledged);
  });

  it('needs two people, whatever is configured, and as many as are configured', async () => {
    const { operation, opened: body } = await opened({ approversNeeded: 1 });
    expect(body.approversNeeded).toBe(2);
    const { planHash } = body;
    const approve = (user: string) => world.operations.approve(operation, { user, planHash });
    await world.write(operation, [
      ['target', { kind: 'started', step: 'reserveTarget', move: 'run' }],
      ['target', { kind: 'done', step: 'reserveTarget', move: 'run', facts: {} }],
      ['target', { kind: 'started', step: 'holdCopy', move: 'run' }],
      ['target', { kind: 'done', step: 'holdCopy', move: 'run', facts: {} }],
    ]);
    const kinds = async () =>
      (await world.store.journal.read(operation)).map(({ body: { kind } }) => kind);
    await approve('U1');
    expect(await codeOf(approve('U1'))).toBe('already-approved');
    expect(await kinds()).not.toContain('approved');
    expect(await approve('U2')).toBe('approved');
    expect(await kinds()).toContain('approved');
  });

  it('needs three where three are configured', async () => {
    expect((await opened({ approversNeeded: 3 })).opened.approversNeeded).toBe(3);
  });

  it('takes the VM from its alignment, which can end only when its host is back', async () => {
    const { operation } = await opened();
    const entries = await world.store.journal.read(alignment);
    expect(entries.slice(-2).map(({ body }) => body)).toEqual([
      { kind: 'cancelled', by: 'UASKS' },
      { kind: 'settled', home: 'source' },
    ]);
    expect(await holder(copyClaim(dc02.id, 'hv-b'))).toBe(alignment);
    expect(await holder(vmClaim(dc02.id))).toBe(operation);
    await tendAll({ ...world.options, log: { warn: () => undefined } });
    expect(await holder(vmClaim(dc02.id))).toBe(operation);
  });

  it('is opened once, however often it is asked for', async () => {
    await opened();
    expect(await refused()).toBe('vm-claimed');
  });
});

describe('a restore is refused', () => {
  it.each<[string, () => readonly KeptCopy[], string]>([
    ['no copy', () => [], 'copy-unknown'],
    ['only what it left behind', () => [copyOf({ kind: 'left behind' })], 'copy-unknown'],
    ['only those of others', () => [copyOf({ vm: { id: 'x', name: 'sql01' } })], 'copy-unknown'],
    [
      'copies of two VMs of this name',
      () => [copyOf(), copyOf({ vm: { id: 'other', name: 'dc02' } })],
      'copies-of-several-vms',
    ],
    ['a copy without a definition', () => [without(copyOf())], 'copy-without-definition'],
    [
      'a copy of a domain controller',
      () => [copyOf({ about: { ...ABOUT, domainController: true } })],
      'domain-controller-older',
    ],
  ])('where there is %s', async (_, copies, code) => {
    expect(await refused(copies())).toBe(code);
    expect(await holder(vmClaim(dc02.id))).toBe(alignment);
  });

  it.each<[HostName, 'Running' | 'Off', string]>([
    ['hv-a', 'Running', 'restore-source-runs'],
    ['hv-a', 'Off', 'restore-source-there'],
    ['hv-b', 'Off', 'restore-source-there'],
  ])('where %s has the VM, %s', async (host, state, code) => {
    answers(host, state);
    expect(await refused()).toBe(code);
    const entries = await world.store.journal.read(alignment);
    expect(entries.some(({ body }) => body.kind === 'cancelled')).toBe(false);
  });

  it('where another operation has the VM', async () => {
    await world.write(
      alignment,
      [
        ['bot', { kind: 'settled', home: 'source' }],
        ['bot', { kind: 'closed', outcome: 'rolled back' }],
      ],
      { release: [vmClaim(dc02.id)] },
    );
    answers('hv-a', 'Running');
    const wish = { vm: 'dc02', target: 'hv-b', user: 'U1', channel: 'C1' };
    const taken = await world.operations.propose(wish);
    const migration = 'operation' in taken ? taken.operation : '';
    lost();
    expect(await refused()).toBe('vm-claimed');
    expect(await holder(vmClaim(dc02.id))).toBe(migration);
  });

  it('on a host that is unknown or silent', async () => {
    expect(await codeOf(bot().proposeRestore({ ...ASKED, host: 'hv-x' }))).toBe('host-unknown');
    world.looks.delete('hv-b');
    expect(await refused()).toMatch(/^worker-silent$|^host-away$/);
  });
});
