/** The blocks of docs/by-hand.md about merging, planned VMs, settings, live moves and copies that are left. */

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { carryOut } from '../../src/hosts/hyperv/carrying.ts';
import { unpackDefinition } from '../../src/hosts/hyperv/definition/container.ts';
import { layOut } from '../../src/hosts/hyperv/definition/files.ts';
import { scriptFile } from '../../src/hosts/hyperv/script-file.ts';
import { leftBehind } from '../../src/worker/left-behind.ts';
import type { LiveBench } from '../hosts/hyperv/live-fixture.ts';
import { commands } from '../hosts/hyperv/shell/fixture.ts';
import type { ByHand } from './by-hand-fixture.ts';

const MERGES = 'Its checkpoints are left';
const MERGING = 'Merging is left off';
const PLANNED = 'A planned VM is left';
const START = 'Automatic start is left at Nothing';
const LOST = 'Its host was lost';
const NETWORK = 'Its network was not restored';
const MEDIUM = 'A medium was ejected';
const LIVE = 'A live move was lost sight of';
const COPY = 'A copy is left';
const TARGET = 'Before you start it at the source';
const SECONDS = 60;
const there = { host: 'hv-b' } as const;

type State = () => { readonly vm: ByHand; readonly windows: LiveBench };

export function otherBlocks(state: State): void {
  describe('what else can be left', () => {
    mergingBlocks(state);
    plannedBlocks(state);
    settingBlocks(state);
  });
  describe('after a move', () => {
    liveBlocks(state);
    copyBlocks(state);
  });
}

/** Its definition as Windows' own files, where a host can read them. */
async function laidOut({ vm, windows }: ReturnType<State>, host: string): Promise<string> {
  const { vmId, source } = vm;
  const { bytes } = await source.exportDefinition(vmId);
  const folder = join(windows.dir, 'hosts', host, 'disks', `laid-${vmId}`, 'Virtual Machines');
  await layOut(folder, unpackDefinition({ host, vmId }, bytes));
  return join(folder, `${vmId.toUpperCase()}.vmcx`);
}

function mergingBlocks(state: State): void {
  it('merging that an export left off is seen, and turned on; what waited merges', async () => {
    const { vm, windows } = state();
    const { source, vmId, token } = vm;
    await source.openRound(vmId, 0, token);
    const folder = join(windows.dir, 'left-off', vmId);
    await mkdir(folder, { recursive: true });
    await windows
      .powershell('hv-a')
      .act(
        scriptFile('export-definition'),
        { computerName: undefined, vmId, folder, seconds: SECONDS },
        { schema: z.object({ name: z.string() }), timeoutSeconds: SECONDS },
      );
    expect(await vm.run(MERGING)).toEqual(['merging is OFF']);
    await vm.run(MERGES);
    expect((await vm.run(MERGES, { index: 1 })).join()).toContain('NOT MERGED');
    expect((await vm.run(MERGING, { index: 1 }))[0]).toMatch(/^(0|4096)$/);
    await windows.simulator.mergesEnded(vmId);
    expect(await vm.run(MERGING)).toEqual(['merging is on']);
    expect((await vm.run(MERGES, { index: 1 })).join()).not.toContain('NOT MERGED');
    await vm.guestWrites();
  });
}

function plannedBlocks(state: State): void {
  it('a planned VM is seen, stands in the way, and is taken away', async () => {
    const { vm, windows } = state();
    const vmcx = await laidOut(state(), 'hv-b');
    const text = `[void] (Compare-VM -Path '${vmcx}' -Register); @{ done = $true }`;
    const call = { schema: z.object({ done: z.boolean() }), timeoutSeconds: SECONDS };
    await windows.powershell('hv-b').ask(commands, { text }, call);
    expect((await vm.run(PLANNED, there)).join()).toContain(vm.vmName);
    expect(await vm.run(TARGET, there)).toEqual([expect.stringMatching(/^FIRST: a planned/)]);
    expect((await vm.run(PLANNED, { ...there, index: 1 }))[0]).toMatch(/^(0|4096)$/);
    expect(await vm.run(PLANNED, there)).toEqual([]);
    expect((await vm.on('hv-a')).state).toBe('Running');
    expect(await vm.run(TARGET, there)).toEqual([expect.stringMatching(/^GO/)]);
  });
}

function settingBlocks(state: State): void {
  it('automatic start comes back on a VM that runs, and not on another', async () => {
    const { vm } = state();
    await vm.source.setStartAction(vm.vmId, 'Nothing', vm.token);
    await vm.run(START);
    expect((await vm.on('hv-a')).startAction).toBe('StartIfRunning');
    await vm.fenced();
    await vm.run(START);
    expect((await vm.on('hv-a')).startAction).toBe('Nothing');
  });

  it('a VM of a lost host does not start with it any more', async () => {
    const { vm } = state();
    await vm.source.setStartAction(vm.vmId, 'Start', vm.token);
    expect((await vm.run(LOST)).join()).toContain('Nothing');
    expect((await vm.on('hv-a')).startAction).toBe('Nothing');
  });

  it('a network without its file is chosen by a person', async () => {
    const { vm, windows } = state();
    const [adapter] = (await vm.on('hv-a')).adapters;
    await windows.ask('Disconnect-VMNetworkAdapter', { VMName: vm.vmName });
    expect((await vm.run(NETWORK)).join()).toContain('LAN');
    await vm.run(NETWORK, { index: 1 });
    expect((await vm.on('hv-a')).adapters).toEqual([adapter]);
  });

  it('an ejected medium is found in the record, and put back', async () => {
    const { vm, windows } = state();
    const path = 'C:\\iso\\tools.iso';
    await windows.simulator.changeHost('hv-a', { files: [path] });
    const dvdDrives = [{ controller: 0, location: 7, media: 'ISO' as const, path }];
    await windows.simulator.changeVm(vm.vmId, { dvdDrives });
    const move = {
      ...windows.inPlace('memory only', 'hv-a'),
      vm: { id: vm.vmId, name: vm.vmName },
    };
    await carryOut(vm.options('hv-a'), move, vm.token);
    const shown = async () => (await windows.one('Get-VMDvdDrive', { VMName: vm.vmName })).Path;
    expect(await shown()).toBeNull();
    expect((await vm.run(MEDIUM)).join('\n')).toContain(path);
    await vm.run(MEDIUM, { index: 1 });
    expect(await shown()).toBe(path);
  });
}

function liveBlocks(state: State): void {
  it('a look shows where it is, and a VM that is nowhere is registered where its disks are', async () => {
    const { vm } = state();
    expect((await vm.run(LIVE)).join()).toContain('Running');
    const vmcx = await laidOut(state(), 'hv-a');
    await vm.stopped();
    await vm.source.unregister(vm.vmId, vm.token);
    expect(await vm.run(LIVE)).toEqual([]);
    const values = { 'D:\\VMs\\sql01\\Virtual Machines\\THE-ID.vmcx': vmcx };
    expect((await vm.run(LIVE, { index: 1, values })).join()).toContain(vm.vmId);
    expect((await vm.on('hv-a')).state).toBe('Off');
    expect(await vm.run(LIVE, { index: 1, values })).toEqual([]);
  });
}

function copyBlocks(state: State): void {
  it('a copy that is left is deleted, unless a VM has its disks', async () => {
    const { vm, windows } = state();
    const { vmId, vmName, source, token } = vm;
    await vm.stopped();
    const disks = (await vm.on('hv-a')).disks.map(({ id, path }) => ({ disk: id, path }));
    const directory = join(windows.dir, 'state', 'hv-a', 'left-behind');
    const definition = await source.exportDefinition(vmId);
    const { operation } = token;
    const of = { id: vmId, name: vmName };
    await leftBehind({ directory, keepDays: 7 }).leave({
      vm: of,
      operation,
      round: 3,
      disks,
      definition,
    });
    const record = join(dirname(disks[0]?.path ?? ''), `ferry-left-${operation}.json`);
    const values = { 'D:\\VMs\\sql01\\ferry-left-m12.json': record };
    expect(await vm.run(COPY, { values })).toEqual([expect.stringMatching(/^NOT DONE/)]);
    await vm.registered();
    await source.unregister(vmId, token);
    expect(await vm.run(COPY, { values })).toEqual(['DELETED']);
    expect([record, ...disks.map(({ path }) => path)].filter(existsSync)).toEqual([]);
  });
}
