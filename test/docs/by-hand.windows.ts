/** Each block of docs/by-hand.md, run as it is written by a real PowerShell in the state that it is for. */

import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FENCED } from '../../src/hosts/files.ts';
import { refused } from '../contract/host-fixture.ts';
import { type LiveBench, liveBench } from '../hosts/hyperv/live-fixture.ts';
import { requireTool } from '../tools.ts';
import { type ByHand, byHand, ran } from './by-hand-fixture.ts';
import { foundBlocks } from './by-hand-found.ts';
import { otherBlocks } from './by-hand-others.ts';
import { BLOCKS, nameOf } from './by-hand-page.ts';

const TARGET = 'Before you start it at the source';
const OFF = 'Off at the source, and not fenced';
const FENCE = 'Fenced at the source';
const MERGES = 'Its checkpoints are left';
const REGISTERED = 'Registered at the target, not started';
const FINISH = 'It runs at the target, and is still registered at the source';
const [NAMES, GUARD, NETWORK] = [0, 1, 2];
const there = { host: 'hv-b' } as const;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: LiveBench;
  let vm: ByHand;
  beforeAll(async () => {
    windows = await liveBench(pwsh);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    vm = await byHand(windows);
  });
  afterEach(async () => {
    await vm?.[Symbol.asyncDispose]();
  });

  /** It runs, has its network and its disks, and writes. */
  const isWell = async (host: 'hv-a' | 'hv-b', merged = true) => {
    const { state, adapters, startAction, disks } = await vm.on(host);
    expect({ state, startAction }).toEqual({ state: 'Running', startAction: 'StartIfRunning' });
    expect(adapters.map((adapter) => adapter.switch)).toEqual(['LAN']);
    if (merged) expect(disks.map(({ chainLength }) => chainLength)).toEqual([1, 1]);
    await vm.guestWrites();
  };
  const unfences = async (host: 'hv-a' | 'hv-b' = 'hv-a') => {
    for (const index of [NAMES, GUARD, NETWORK]) await vm.run(FENCE, { host, index });
  };

  describe('at the source', () => {
    it('a VM that is off and not fenced starts again, once the target says that it may', async () => {
      await vm.stopped();
      expect(await vm.run(TARGET, there)).toEqual([expect.stringMatching(/^GO/)]);
      expect((await vm.run(OFF)).join(' ')).toContain('Running');
      await isWell('hv-a');
      // Once more changes nothing.
      await vm.run(OFF);
      await isWell('hv-a');
    });

    it('a fenced VM gets names, network and its start back', async () => {
      await vm.fenced();
      await unfences();
      expect(await vm.source.isFenced(vm.vmId)).toBe(false);
      await vm.run(OFF);
      await isWell('hv-a');
    });

    it('two files of one disk are told, and neither is touched', async () => {
      await vm.fenced();
      const [disk] = (await vm.on('hv-a')).disks;
      const path = disk?.path ?? '';
      await rename(path + FENCED, path);
      await vm.run(FENCE, { index: NAMES, before: `Copy-Item '${path}' '${path}${FENCED}'` });
      expect(existsSync(path) && existsSync(path + FENCED)).toBe(true);
    });

    it.each(['one name', 'the network alone'])('a fence in part goes too: %s', async (what) => {
      await vm.fenced();
      const { disks } = await vm.on('hv-a');
      const back = what === 'one name' ? disks.slice(0, 1) : disks;
      for (const { path } of back) await rename(path + FENCED, path);
      await unfences();
      await vm.run(OFF);
      await isWell('hv-a');
    });

    it('a guarded VM merges under its guard, and starts only when that is gone', async () => {
      const { source, vmId, token } = vm;
      await source.openRound(vmId, 0, token);
      await vm.fenced();
      await vm.guarded();
      expect((await vm.run(MERGES)).join()).toContain(`removed ferry ${token.operation} round 0`);
      const look = await vm.run(MERGES, { index: 1 });
      expect(look[0]).toBe('status: Ok , checkpoints: 0');
      expect(look.filter((line) => line.startsWith('merged'))).toHaveLength(2);
      expect(look.join()).toMatch(/ 19080 /);
      await expect(source.start(vmId, token)).rejects.toEqual(refused('vm-fenced'));
      await vm.run(FENCE, { index: GUARD });
      await vm.run(FENCE, { index: NETWORK });
      await vm.run(OFF);
      await isWell('hv-a');
    });

    it('checkpoints of Ferry go while the VM runs, and a backup keeps its own', async () => {
      const { source, vmId, token } = vm;
      await source.openRound(vmId, 0, token);
      await vm.guestWrites();
      await source.openRound(vmId, 1, token);
      const end = await vm.foreignCheckpoint();
      expect((await vm.run(MERGES, { index: 1 })).join()).toContain('NOT MERGED');
      expect(await vm.run(MERGES)).toHaveLength(2);
      expect((await vm.on('hv-a')).checkpoints).toMatchObject([{ ours: false }]);
      await end();
      await isWell('hv-a');
    });
  });

  describe('at the target', () => {
    it('a VM that never ran is taken away, its disks stay, and the source starts', async () => {
      const places = await vm.registered();
      expect(await vm.run(TARGET, there)).toEqual([expect.stringMatching(/^FIRST: it is off/)]);
      expect((await vm.run(REGISTERED, there))[0]).toMatch(/^TAKEN AWAY/);
      expect(await vm.isOn('hv-b')).toBe(false);
      expect(places.every(({ path }) => existsSync(path + FENCED))).toBe(true);
      expect(await vm.run(TARGET, there)).toEqual([expect.stringMatching(/^GO/)]);
      await unfences();
      await vm.run(OFF);
      await isWell('hv-a');
    });

    it('it starts there instead when the source is lost, and then nobody takes it away', async () => {
      await vm.registered();
      await unfences('hv-b');
      await vm.run(OFF, there);
      await isWell('hv-b');
      expect(await vm.run(TARGET, there)).toEqual([expect.stringMatching(/^STOP: it is not off/)]);
      expect(await vm.run(REGISTERED, there)).toEqual([expect.stringMatching(/^NOT DONE/)]);
      await vm.target.stop(vm.vmId, 20, vm.token);
    });

    it('a VM that ran there and is off now is not taken for one that never ran', async () => {
      const { target, vmId, token } = vm;
      await vm.registered();
      await target.unfence(vmId, token);
      await target.start(vmId, token);
      await vm.guestWrites();
      await vm.personStopsThere();
      expect(await vm.run(TARGET, there)).toEqual([
        expect.stringMatching(/^STOP: it may have run/),
      ]);
      expect(await vm.run(REGISTERED, there)).toEqual([expect.stringMatching(/^NOT DONE/)]);
    });

    it('the source is unregistered when it runs there, and its disks stay', async () => {
      const { source, target, vmId, token } = vm;
      await source.openRound(vmId, 0, token);
      await vm.registered();
      await target.unfence(vmId, token);
      await target.start(vmId, token);
      const { disks } = await vm.on('hv-a');
      expect(await vm.run(FINISH)).toEqual([expect.stringMatching(/^NOT DONE/)]);
      await vm.run(FENCE, { index: NAMES });
      await vm.run(MERGES);
      expect((await vm.run(FINISH))[0]).toMatch(/^UNREGISTERED/);
      expect(await vm.isOn('hv-a')).toBe(false);
      expect(disks.length).toBe(2);
      expect((await vm.on('hv-b')).state).toBe('Running');
      await vm.guestWrites();
    });
  });

  foundBlocks(() => vm);
  otherBlocks(() => ({ vm, windows }));

  it('every block of the page was run', () => {
    expect(BLOCKS.map(nameOf).filter((name) => !ran.has(name))).toEqual([]);
    expect(ran.size).toBe(BLOCKS.length);
  });
}
