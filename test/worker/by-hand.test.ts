/** Lifting the fence by hand: a real lab host at the source, a real link to the target. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig, type WorkerConfig, workerSchema } from '../../src/config.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { unfence } from '../../src/worker/by-hand.ts';
import { started, stepsBefore } from '../bot/stories.ts';
import { codeOf, problemOf } from '../bot/world.ts';
import { type LabFixture, labFixture, SMALL_VM } from '../hosts/lab-fixture.ts';
import { vmFacts } from '../preflight/facts.ts';
import { startStoreProcess } from '../store/server.ts';
import { type AnsweringHost, answering, type Parties, parties } from './parties.ts';

/** Nobody listens there. */
const GONE = 'postgres://127.0.0.1:1/ferry';
/** One more than the journal's own, as who lifts the fence takes it. */
const EPOCH = 12;

let lab: LabFixture;
let both: Parties;
let target: AnsweringHost;
let config: WorkerConfig;
beforeAll(async () => {
  lab = await labFixture({ boot: false, vm: { ...SMALL_VM, disks: SMALL_VM.disks.slice(0, 1) } });
});
afterAll(() => lab?.[Symbol.asyncDispose]() as Promise<void>);
beforeEach(async () => {
  both = await parties(vmFacts({ id: lab.vmId, name: SMALL_VM.name }));
  target = await answering(both, both.target);
  target.vm = vmFacts({ id: lab.vmId, state: 'Off' });
  target.fenced = true;
  const state = join(both.directory, 'hv-a');
  const addresses = join(state, 'addresses');
  await mkdir(addresses);
  await writeFile(join(addresses, 'hv-b.json'), JSON.stringify(target.registration));
  const fenced = both.entries(stepsBefore('copyLastRound', both.opened.planHash));
  await openMemory(join(state, 'memory')).remember('m1', fenced);
  await target.memory.remember('m1', fenced);
  await lab.source.fence(lab.vmId, { operation: 'm1', epoch: EPOCH });
  config = readConfig(workerSchema, {
    STORE_URL: GONE,
    FERRY_STATE: state,
    FERRY_HOST: 'hv-a',
    FERRY_LISTEN: '127.0.0.1:1',
    FERRY_BOT: both.bot.fingerprint,
    FERRY_LAB: lab.dir,
  });
});
afterEach(async () => {
  await target[Symbol.asyncDispose]();
  await both[Symbol.asyncDispose]();
});

const isFenced = () => lab.source.isFenced(lab.vmId);

describe('unfence', () => {
  it('lifts the fence when the target says that it does not run, and has written it down', async () => {
    expect(await unfence(config, 'm1')).toMatchObject({ source: 'hv-a', target: 'hv-b' });
    expect(await isFenced()).toBe(false);
    const [told] = await openMemory(join(both.directory, 'hv-b', 'memory')).intents('m1');
    expect(told).toMatchObject({ intent: 'take back at source', from: 'source' });
  });

  it('does nothing while the target is silent', async () => {
    await target[Symbol.asyncDispose]();
    expect(await codeOf(unfence(config, 'm1'))).toBe('peer-unreachable');
    expect(await isFenced()).toBe(true);
  });

  it.each([
    ['runs', () => Object.assign(target, { vm: vmFacts({ id: lab.vmId }) })],
    ['is off and free to start', () => Object.assign(target, { fenced: false })],
    [
      'was started once, as the target remembers',
      () => {
        const written = [
          ...stepsBefore('startTarget', both.opened.planHash),
          started('startTarget'),
        ];
        return target.memory.remember('m1', both.entries(written));
      },
    ],
  ])('does nothing when the VM at the target %s', async (_name, arrange) => {
    await arrange();
    const { code, facts } = await problemOf(unfence(config, 'm1'));
    expect([code, facts.host]).toEqual(['target-may-run', 'hv-b']);
    expect(await isFenced()).toBe(true);
  });

  it('does nothing where this host saw itself that the target was started', async () => {
    const written = [...stepsBefore('startTarget', both.opened.planHash), started('startTarget')];
    await openMemory(join(both.directory, 'hv-a', 'memory')).remember('m1', both.entries(written));
    // It was set up anew, and remembers nothing.
    Object.assign(target, { vm: undefined });
    expect(await codeOf(unfence(config, 'm1'))).toBe('target-may-run');
    expect(await isFenced()).toBe(true);
  });

  it('is refused while the store answers', async () => {
    const server = await startStoreProcess();
    const answers = { ...config, STORE_URL: server.url };
    expect(await codeOf(unfence(answers, 'm1'))).toBe('unfence-store-answers');
    expect(await isFenced()).toBe(true);
    await server.stop();
  });

  it('is refused on the target, by a stranger, and for what nobody remembers', async () => {
    const there = { ...config, FERRY_HOST: 'hv-b', FERRY_STATE: join(both.directory, 'hv-b') };
    expect(await codeOf(unfence(there, 'm1'))).toBe('unfence-not-source');
    expect(await codeOf(unfence(config, 'm2'))).toBe('operation-unknown');
    expect(await codeOf(unfence(config, '../m1'))).toBe('operation-unknown');
    const other = { ...config, FERRY_BOT: 'f'.repeat(64) };
    expect(await codeOf(unfence(other, 'm1'))).toBe('journal-wrong-bot');
    expect(await isFenced()).toBe(true);
  });
});
