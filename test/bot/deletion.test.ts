import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cancelling, limiting, look, pausing, request } from '../../src/bot/requests.ts';
import { copyClaim } from '../../src/domain/journal.ts';
import { advance } from '../../src/migration/advance.ts';
import { dutyOf } from '../../src/migration/duties.ts';
import type { StepPorts } from '../../src/migration/ports.ts';
import type { Operations } from '../../src/slack/ports.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { type HostCopies, hostCopies } from '../../src/worker/copies.ts';
import { appendSigned, signingJournal } from '../../src/worker/journal.ts';
import { leftBehind } from '../../src/worker/left-behind.ts';
import { hostFacts } from '../preflight/facts.ts';
import { keepCopy } from '../worker/kept.ts';
import { codeOf, dc02, holderOf } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const WISH = { vm: 'DC02', host: 'HV-B', user: 'UASKS', channel: 'C1' };
const vm = { id: dc02.id, name: 'dc02' };

let volume = '';
let copies: HostCopies;
let bot: Operations;
beforeEach(async () => {
  await newWorld();
  volume = await mkdtemp(join(tmpdir(), 'ferry-delete-'));
  copies = hostCopies({
    facts: async () =>
      hostFacts('hv-b', {
        volumes: [
          { path: volume, fileSystem: 'NTFS', bytesFree: 1, bytesTotal: 1, bytesReserved: 0 },
        ],
      }),
    remembered: async () => [],
    left: leftBehind({ directory: join(volume, 'left-behind'), keepDays: 14 }),
  });
  const copiesOn = async (host: string) => (host === 'hv-b' ? await copies.all() : []);
  bot = world.again({ copiesOn });
});
afterEach(() => rm(volume, { recursive: true, force: true }));

async function proposed(): Promise<string> {
  const answer = await bot.proposeDeletion(WISH);
  if ('operation' in answer) return answer.operation;
  throw new Error(`Refused: ${JSON.stringify(answer.refused)}`);
}

async function approved(): Promise<string> {
  const operation = await proposed();
  const { planHash } = (await bot.view(operation)) ?? {};
  expect(await bot.approve(operation, { user: 'UAPPROVES', planHash: planHash ?? '' })).toBe(
    'approved',
  );
  return operation;
}

/** One move of hv-b's worker, with its own key and memory. */
async function act(operation: string, kept: HostCopies = copies) {
  const identity = world.workers['hv-b'];
  const journal = signingJournal({
    store: world.store.journal,
    identity,
    botFingerprint: world.bot.fingerprint,
    roleIn: () => 'source',
  });
  const ports = {
    journal,
    kept,
    memory: openMemory(join(volume, 'memory')),
    stream: { limit: () => undefined },
    sleep: async () => undefined,
  } as unknown as StepPorts;
  return await advance(operation, {
    side: 'source',
    ports,
    stopping: new AbortController().signal,
  });
}

/** The bot's own entries, as its duties say. */
async function fulfil(operation: string): Promise<void> {
  const { store, bot: identity } = world;
  const entries = await store.journal.read(operation);
  const duty = dutyOf(entries, await store.journal.now());
  if (!duty) return;
  const entry = { operation, entries, author: 'bot', body: duty.body } as const;
  await appendSigned({ store: store.journal, identity }, entry, duty.claims);
}

const stateOf = async (operation: string) => (await bot.view(operation))?.state;

describe('deleting the copy of a VM', () => {
  it('asks, deletes on approval, and is in the history', async () => {
    const folder = await keepCopy({ volume, vm });
    const operation = await approved();
    expect(world.woken).toContain(operation);
    expect(await stateOf(operation)).toEqual({ kind: 'deleting', step: '' });
    expect((await act(operation)).kind).toBe('moved');
    expect(await copies.all()).toEqual([]);
    expect(await stateOf(operation)).toEqual({ kind: 'deleted', step: '' });
    await fulfil(operation);
    expect(await holderOf(world)).toBeUndefined();
    expect((await bot.history())[0]).toMatchObject({
      kind: 'deletion',
      vm: 'dc02',
      target: 'hv-b',
      outcome: 'deleted',
      requestedBy: 'UASKS',
      approvedBy: ['UAPPROVES'],
    });
    expect(folder).toContain(volume);
  });

  it('deletes what a moved VM left just so, and warns that it is meant to be kept', async () => {
    const path = join(volume, 'dc02.vhdx');
    await writeFile(path, 'system');
    const disks = [{ disk: 'SCSI 0:0', path }];
    const definition = { vmId: vm.id, bytes: new Uint8Array() };
    const keptUntil = await copies.leave({ vm, operation: 'm7', round: 3, disks, definition });
    expect(await bot.copies()).toMatchObject([
      { kind: 'left behind', host: 'hv-b', operation: 'm7', keptUntil, bytes: 6, inUse: false },
    ]);
    const operation = await approved();
    const view = await bot.view(operation);
    expect(view?.findings).toMatchObject([
      { severity: 'warning', code: 'copy-kept-still', facts: { vm: 'dc02', host: 'hv-b' } },
    ]);
    expect(view?.plan.acknowledged).toEqual(['copy-kept-still']);
    await act(operation);
    expect(await readdir(volume)).not.toContain('dc02.vhdx');
    expect(await bot.copies()).toEqual([]);
  });

  it('shows what goes, before anybody approves', async () => {
    const folder = await keepCopy({ volume, vm, operation: 'm7' });
    const view = await bot.view(await proposed());
    expect(view).toMatchObject({
      plan: {
        method: 'delete',
        vm,
        source: 'hv-b',
        copies: [{ folder, operation: 'm7', round: 3 }],
      },
      state: { kind: 'asking' },
      findings: [],
    });
    expect(await copies.all()).toHaveLength(1);
  });

  it('warns where no host shows the VM: it may be all that is left of it', async () => {
    await keepCopy({ volume, vm: { id: 'gone', name: 'dc02' } });
    const view = await bot.view(await proposed());
    expect(view?.findings).toMatchObject([{ severity: 'warning', code: 'copy-only-one' }]);
    expect(view?.plan.acknowledged).toEqual(['copy-only-one']);
  });

  it('keeps the VM and its left-over to itself until it is over', async () => {
    await keepCopy({ volume, vm });
    const operation = await proposed();
    expect(await holderOf(world)).toBe(operation);
    expect(await world.store.journal.holder(copyClaim(dc02.id, 'hv-b'))).toBe(operation);
    expect(await codeOf(world.opened())).toBe('vm-claimed');
    expect(await codeOf(bot.proposeDeletion(WISH))).toBe('vm-claimed');
    await bot.cancel(operation, 'UASKS');
    await fulfil(operation);
    expect((await stateOf(operation))?.kind).toBe('rolled back');
    expect(await copies.all()).toHaveLength(1);
    await world.opened();
  });

  it('is refused while a migration of the VM is under way', async () => {
    await keepCopy({ volume, vm });
    await world.opened();
    expect(await codeOf(bot.proposeDeletion(WISH))).toBe('vm-claimed');
  });

  it('is refused where there is none, where it is in use, and on an unknown host', async () => {
    expect(await codeOf(bot.proposeDeletion(WISH))).toBe('copy-unknown');
    expect(await codeOf(bot.proposeDeletion({ ...WISH, host: 'hv-x' }))).toBe('host-unknown');
    await keepCopy({ volume, vm });
    await keepCopy({ volume, folder: 'dc02-other', vm: { id: 'other', name: 'dc02' } });
    expect(await codeOf(bot.proposeDeletion(WISH))).toBe('copies-of-several-vms');
    const used = async () => (await copies.of(dc02.id)).map((one) => ({ ...one, usedBy: 'web' }));
    const other = world.again({ copiesOn: used });
    expect(await codeOf(other.proposeDeletion(WISH))).toBe('copy-in-use');
  });

  it('deletes nothing when the copy is another one by then, and says so', async () => {
    const folder = await keepCopy({ volume, vm });
    const operation = await approved();
    await rm(folder, { recursive: true });
    await keepCopy({ volume, vm, round: 9 });
    await act(operation);
    expect(await stateOf(operation)).toMatchObject({
      kind: 'rolled back',
      why: { code: 'copy-changed' },
    });
    expect(await copies.all()).toHaveLength(1);
  });

  it('cannot be paused, limited, or taken back once it has begun', async () => {
    await keepCopy({ volume, vm });
    const operation = await approved();
    const ask = (decide: Parameters<typeof request>[2]) =>
      codeOf(request(world.options, { operation, author: 'bot' }, decide));
    expect(await ask(pausing('U1', operation))).toBe('nothing-copies');
    expect(await ask(limiting({ by: 'U1', bytesPerSecondMax: 5 }, operation))).toBe(
      'nothing-copies',
    );
    await world.write(operation, [
      ['source', { kind: 'started', step: 'deleteCopies', move: 'run' }],
    ]);
    expect(await ask(cancelling('U1', operation))).toBe('deletion-begun');
    expect((await look(world.options, operation)).next.kind).toBe('run');
  });

  it('does not take the word of a store for what people approved', async () => {
    await keepCopy({ volume, vm });
    const operation = await proposed();
    const advanced = await act(operation);
    expect(advanced).toMatchObject({ kind: 'idle', next: { kind: 'await approval' } });
    expect(await copies.all()).toHaveLength(1);
  });
});
