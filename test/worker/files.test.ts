/** What a worker keeps on its own disk: reservations, notes, the lock. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../src/domain/host.ts';
import { Verdict } from '../../src/domain/problem.ts';
import { holdBotLock, holdWorkerLock } from '../../src/worker/lock.ts';
import { openNotebook } from '../../src/worker/notebook.ts';
import { openReservations } from '../../src/worker/reservations.ts';
import { codeOf, problemOf } from '../bot/world.ts';
import { GIB, hostFacts } from '../preflight/facts.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-worker-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let folders = 0;
const fresh = (): string => {
  folders += 1;
  return join(directory, String(folders));
};

const claim = (operation: string, gib = 100, memoryGib = 2) => ({
  operation,
  bytes: gib * GIB,
  memoryBytes: memoryGib * GIB,
});

function reservations(facts: HostFacts = hostFacts('hv-b'), path = `${fresh()}.json`) {
  return { path, ...openReservations(path, async () => facts) };
}

describe('reservations', () => {
  it('take what fits, count it, and give it back', async () => {
    const { reserve, release, counted } = reservations();
    await reserve(claim('m1'));
    const facts = await counted(hostFacts('hv-b'));
    expect(facts.volumes[0]?.bytesReserved).toBe(100 * GIB);
    expect([facts.memoryBytesReserved, facts.slotsUsed]).toEqual([2 * GIB, 1]);
    await release('m1');
    await release('m1');
    expect(await counted(hostFacts('hv-b'))).toEqual(hostFacts('hv-b'));
  });

  it('refuse for good what has no space, no memory or no slot, and say how much is missing', async () => {
    const { reserve } = reservations();
    await reserve(claim('m1', 400, 30));
    const space = await problemOf(reserve(claim('m2', 101, 1)));
    expect([space.code, space.facts.missing]).toEqual(['reservation-no-space', GIB]);
    const memory = await problemOf(reserve(claim('m2', 100, 3)));
    expect([memory.code, memory.facts.missing]).toEqual(['reservation-no-memory', GIB]);
    await reserve(claim('m2', 100, 2));
    const slot = await problemOf(reserve(claim('m3', 0, 0)));
    expect([slot.code, slot.facts.slots]).toEqual(['reservation-no-slot', 2]);
    expect([space, memory, slot].every((one) => one instanceof Verdict)).toBe(true);
  });

  it('are taken once by an operation that asks again, with what it asks last', async () => {
    const { reserve, counted } = reservations();
    await reserve(claim('m1', 400));
    await reserve(claim('m1', 450));
    const facts = await counted(hostFacts('hv-b'));
    expect([facts.volumes[0]?.bytesReserved, facts.slotsUsed]).toEqual([450 * GIB, 1]);
  });

  it('do not count against the operation that holds them', async () => {
    const { reserve, countedWithout } = reservations();
    await reserve(claim('m1', 300));
    await reserve(claim('m2', 150));
    const facts = await countedWithout(hostFacts('hv-b'), 'm1');
    expect([facts.volumes[0]?.bytesReserved, facts.slotsUsed]).toEqual([150 * GIB, 1]);
  });

  it('count on the volume that they are for, also those of before there were several', async () => {
    const [first] = hostFacts('hv-b').volumes;
    if (!first) throw new Error('No volume');
    const facts = hostFacts('hv-b', { volumes: [first, { ...first, path: 'E:' }] });
    const { reserve, counted } = reservations(facts);
    await reserve(claim('m1', 400));
    await reserve({ ...claim('m2', 450), volume: 'E:' });
    const { volumes } = await counted(facts);
    expect(volumes.map(({ bytesReserved }) => bytesReserved / GIB)).toEqual([400, 450]);
    const { code, facts: why } = await problemOf(reserve({ ...claim('m3', 51), volume: 'E:' }));
    expect([code, why.volume]).toEqual(['reservation-no-space', 'E:']);
  });

  it('change with the plan, where something is held, and without asking whether it fits', async () => {
    const { reserve, change, release, counted } = reservations();
    await change(claim('m1'));
    expect(await counted(hostFacts('hv-b'))).toEqual(hostFacts('hv-b'));
    await reserve(claim('m1'));
    await change(claim('m1', 600, 4));
    await change(claim('m1', 600, 4));
    const { volumes, memoryBytesReserved, slotsUsed } = await counted(hostFacts('hv-b'));
    expect([volumes[0]?.bytesReserved, memoryBytesReserved, slotsUsed]).toEqual([
      600 * GIB,
      4 * GIB,
      1,
    ]);
    await release('m1');
    await change(claim('m1'));
    expect(await counted(hostFacts('hv-b'))).toEqual(hostFacts('hv-b'));
  });

  it('let only as many win as fit when all ask at once', async () => {
    const { reserve, counted } = reservations(hostFacts('hv-b', { slotsMax: 9 }));
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => reserve(claim(`m${index}`, 200))),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect((await counted(hostFacts('hv-b'))).slotsUsed).toBe(2);
  });

  it('are there after a restart, and a write that was cut off changes nothing', async () => {
    const { path, reserve } = reservations();
    await reserve(claim('m1', 450));
    await writeFile(`${path}.half.new`, '[{"operation":"m1"');
    const restarted = reservations(hostFacts('hv-b'), path);
    expect(await codeOf(restarted.reserve(claim('m2', 100)))).toBe('reservation-no-space');
    await restarted.release('m1');
    await restarted.reserve(claim('m2', 100));
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([claim('m2', 100)]);
  });
});

describe('the notebook', () => {
  const notes = {
    round: 3,
    ended: { 'SCSI 0:0': { path: '/d/a.avhdx', linkage: 'L1' } },
    frozenAt: 1_800_000_000_000,
    stoppedByUs: true,
  };

  it('is empty for an operation that nothing is known of', async () => {
    const notebook = await openNotebook(fresh());
    expect(await notebook.read('m1')).toEqual({ round: -1, ended: {}, stoppedByUs: false });
  });

  it('gives back what was written last, also after a restart', async () => {
    const folder = fresh();
    const notebook = await openNotebook(folder);
    await notebook.write('m1', { ...notes, round: 2 });
    await notebook.write('m1', notes);
    expect(await (await openNotebook(folder)).read('m1')).toEqual(notes);
    expect(await notebook.read('m2')).toMatchObject({ round: -1 });
    expect(await readdir(folder)).toEqual(['m1.json']);
  });

  it('keeps the note before when a write was cut off', async () => {
    const folder = fresh();
    const notebook = await openNotebook(folder);
    await notebook.write('m1', notes);
    await writeFile(join(folder, 'm1.json.half.new'), '{"round":4,"end');
    expect(await (await openNotebook(folder)).read('m1')).toEqual(notes);
  });
});

describe('the lock', () => {
  it('refuses a second worker of the host, however its folder is written, until the first ends', async () => {
    const state = fresh();
    const first = await holdWorkerLock('hv-a', state);
    const { code, facts } = await problemOf(holdWorkerLock('hv-a', relative(process.cwd(), state)));
    expect([code, facts]).toEqual(['worker-runs-already', { host: 'hv-a' }]);
    // Another host of the same lab, and a bot, are no worker of this host.
    await (await holdWorkerLock('hv-b', state))[Symbol.asyncDispose]();
    await (await holdBotLock(state))[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await (await holdWorkerLock('hv-a', state))[Symbol.asyncDispose]();
  });

  it('refuses a second bot on one folder', async () => {
    const state = fresh();
    await using _first = await holdBotLock(state);
    expect(await codeOf(holdBotLock(state))).toBe('bot-runs-already');
  });

  it('is free as soon as its holder was killed', async () => {
    const state = fresh();
    const lock = JSON.stringify(join(import.meta.dirname, '../../src/worker/lock.ts'));
    const script = `
      const { holdWorkerLock } = await import(${lock});
      await holdWorkerLock('hv-a', ${JSON.stringify(state)});
      console.log('held');
      setInterval(() => undefined, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await codeOf(holdWorkerLock('hv-a', state))).toBe('worker-runs-already');
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    await (await holdWorkerLock('hv-a', state))[Symbol.asyncDispose]();
  });
});
