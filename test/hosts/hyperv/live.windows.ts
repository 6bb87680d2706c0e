/** Live moves through a real PowerShell, the doubles of Windows' modules, and onto real disks. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import type { LiveEnd, LiveMove } from '../../../src/domain/live.ts';
import { placementOf } from '../../../src/hosts/hyperv/moving/placement.ts';
import { act } from '../../../src/hosts/hyperv/options.ts';
import { watching } from '../../contract/live-fixture.ts';
import { requireTool } from '../../tools.ts';
import {
  type HostName,
  type LiveBench,
  type LiveOptions,
  liveBench,
  otherOf,
} from './live-fixture.ts';
import { isRunning, problemOf, SECONDS, until } from './shell/fixture.ts';

/** A limit for hangs, on a machine that does much else. */
jest.setTimeout(120_000);

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: LiveBench;
  beforeAll(async () => {
    windows = await liveBench(pwsh);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    windows.simulator.clearFaults();
    windows.simulator.releaseMoves();
    for (const host of ['hv-a', 'hv-b']) await windows.simulator.setLanguage(host, 'en-US');
  });

  interface Asked extends LiveOptions {
    readonly watch?: ReturnType<typeof watching>;
    readonly epoch?: number;
  }
  const token = (epoch = windows.epoch()) => ({ operation: 'm1', epoch });
  function move(from: HostName, what: LiveMove, asked: Asked = {}): Promise<LiveEnd> {
    const { watch = watching(), epoch, ...options } = asked;
    return windows.live(from, options).move(what, token(epoch), watch.watch);
  }
  const asksToMove = () =>
    windows.simulator.calls.filter(({ cmdlet }) => cmdlet === 'Move-VM').length;
  const notMoved = (code: string, facts: object = {}) => ({
    end: 'not moved',
    why: { code, facts: expect.objectContaining({ vm: 'sql01', ...facts }) },
  });

  /** Where it is registered and runs, and what it has lost, by looking at the lab. */
  async function truth() {
    await windows.guestWrites();
    const { registeredOn, runningOn, lost, ranTwice } = await windows.report();
    const hosts = registeredOn.map(({ host }) => host);
    expect(runningOn.map(({ host }) => host)).toEqual(hosts);
    return { hosts, lost, ranTwice };
  }
  const onlyAt = (host: HostName) => ({ hosts: [host], lost: 0, ranTwice: false });
  /** As its remedy says. */
  async function removePlanned(host: HostName): Promise<void> {
    const at = { Namespace: 'root/virtualization/v2', ComputerName: host };
    const [InputObject, AffectedSystem] = await Promise.all(
      ['Msvm_VirtualSystemManagementService', 'Msvm_PlannedComputerSystem'].map((ClassName) =>
        windows.one('Get-CimInstance', { ...at, ClassName }),
      ),
    );
    const given = { InputObject, MethodName: 'DestroySystem', Arguments: { AffectedSystem } };
    expect(await windows.one('Invoke-CimMethod', given)).toMatchObject({ ReturnValue: 0 });
  }
  /** A move that waits at this percentage, with what is told of it. */
  async function heldAt(percent: number, pace: LiveOptions['pace'] = {}) {
    const from = await windows.home();
    const watch = watching();
    windows.simulator.holdMoves(percent);
    const what = await windows.withStorage(from);
    const moving = move(from, what, { watch, pace });
    await windows.simulator.held('sql01', percent);
    await until(() => watch.told.at(-1)?.percent === Math.floor(percent));
    return { from, what, watch, moving };
  }

  describe('a live move', () => {
    it('puts each disk where the plan says', async () => {
      const from = await windows.home();
      const plain = await windows.withStorage(from);
      const [first, second] = plain.disks;
      const [folder, apart] = [plain.folder ?? '', join(plain.folder ?? '', 'apart')];
      if (!first || !second) throw new Error('Two disks are expected');
      const targetPath = join(apart, second.targetPath.split('/').at(-1) ?? '');
      const what = { ...plain, disks: [first, { ...second, targetPath }] };
      expect(await windows.live(from).compare(what)).toEqual([]);
      expect(await move(from, what)).toEqual({ end: 'moved' });
      expect(await truth()).toEqual(onlyAt(otherOf(from)));
      expect((await readdir(apart)).length).toBe(1);
      const asked = windows.simulator.calls.findLast(({ cmdlet }) => cmdlet === 'Move-VM');
      expect(asked?.parameters).toMatchObject({ VirtualMachinePath: folder });
      expect(asked?.parameters).not.toHaveProperty('IncludeStorage');
    });
  });

  describe('a cancel', () => {
    it('that Windows refuses at first is asked for again', async () => {
      windows.simulator.fault({ kind: 'cancel-refused', code: 32774, times: 1 });
      const { from, watch, moving } = await heldAt(60);
      watch.cancel();
      expect(await moving).toEqual(notMoved('move-cancelled', { source: from }));
      expect(await truth()).toEqual(onlyAt(from));
    });

    it('that is accepted and comes too late is no proof that nothing moved', async () => {
      windows.simulator.fault({ kind: 'cancel-too-late', times: 1 });
      const { from, watch, moving } = await heldAt(60);
      watch.cancel();
      windows.simulator.releaseMoves();
      expect(await moving).toEqual({ end: 'moved' });
      expect(await truth()).toEqual(onlyAt(otherOf(from)));
    });
  });

  describe("Windows' unfriendly ways", () => {
    it('G.2 a job that is Completed without a move is not believed', async () => {
      const from = await windows.home();
      windows.simulator.fault({ kind: 'completed-without-move', times: 1 });
      const end = await move(from, await windows.withStorage(from));
      expect(end).toEqual(notMoved('move-without-effect', { source: from }));
      expect(await truth()).toEqual(onlyAt(from));
    });

    it('a job object that vanishes at once, and a target that lists what is planned', async () => {
      const from = await windows.home();
      windows.simulator.fault({ kind: 'job-gone', times: 1 });
      windows.simulator.fault({ kind: 'shows-planned' });
      expect(await move(from, await windows.withStorage(from))).toEqual({ end: 'moved' });
      expect(await truth()).toEqual(onlyAt(otherOf(from)));
    });

    it('a planned VM that stays is told with the cause, and stands against the next attempt', async () => {
      const from = await windows.home();
      const what = await windows.withStorage(from);
      const pace = { settleSeconds: 1 };
      windows.simulator.fault({ kind: 'move-fails', percent: 60, times: 1 });
      windows.simulator.fault({ kind: 'planned-vm-left', times: 1 });
      const message = expect.stringContaining('0x80072746');
      const left = notMoved('move-left-over', { planned: true, files: [], message });
      expect(await move(from, what, { pace })).toEqual(left);
      const asked = asksToMove();
      expect(await move(from, what, { pace })).toMatchObject({ why: { code: 'move-left-over' } });
      expect(asksToMove()).toBe(asked);
      const compared = await problemOf(windows.live(from, { pace }).compare(what));
      expect(compared.code).toBe('move-left-over');
      await removePlanned(otherOf(from));
      expect(await windows.live(from, { pace }).compare(what)).toEqual([]);
      expect(await truth()).toEqual(onlyAt(from));
    });

    it('G.3 an Italian host is understood by its codes, and by its words where it has none', async () => {
      const from = await windows.home();
      const what = await windows.withStorage(from);
      const target = otherOf(from);
      await windows.simulator.setLanguage(from, 'it-IT');
      const { migration, processor } = await windows.overlay(target);
      await windows.simulator.changeHost(target, { migration: { ...migration, enabled: false } });
      const refused = await move(from, what);
      expect(refused).toEqual(notMoved('move-refused-connection', { hresult: '0x8007274D' }));
      await windows.simulator.changeHost(target, { migration });
      await windows.simulator.changeHost(target, { processor: { ...processor, features: [] } });
      const other = await move(from, what);
      await windows.simulator.changeHost(target, { processor });
      const message = expect.stringContaining('non supportate');
      expect(other).toEqual(notMoved('move-processor-differs', { message }));
    });

    it('what nothing but the moment stands against is tried again before anything moves', async () => {
      const from = await windows.home();
      const message = 'La migrazione non è stata avviata (21501)';
      windows.simulator.fault({ kind: 'error', cmdlet: 'Move-VM', message, times: 2 });
      const asked = asksToMove();
      const what = await windows.withStorage(from);
      expect(await move(from, what)).toEqual({ end: 'moved' });
      expect(asksToMove()).toBe(asked + 3);
    });

    it('a Move-VM that hangs is given up when nothing shows, and the VM is looked for', async () => {
      const from = await windows.home();
      windows.simulator.fault({ kind: 'hang', cmdlet: 'Move-VM', times: 1 });
      const what = await windows.withStorage(from);
      const watch = watching();
      const asked = asksToMove();
      const moving = move(from, what, { watch });
      await until(() => asksToMove() > asked);
      // Whoever cancels waits less.
      watch.cancel();
      expect(await moving).toMatchObject({ why: { code: 'move-asks-in-vain' } });
      windows.simulator.fault({ kind: 'hang', cmdlet: 'Move-VM', acts: true, times: 1 });
      expect(await move(from, what)).toEqual({ end: 'moved' });
      expect(await truth()).toEqual(onlyAt(otherOf(from)));
    });
  });

  describe('a PowerShell that is killed with its Move-VM in flight', () => {
    it('G.14 does not end the watching, nor does the next worker begin another move', async () => {
      const from = await windows.home();
      const what = await windows.withStorage(from);
      const asked = asksToMove();
      const first = await windows.start(from);
      windows.simulator.holdMoves(60);
      const watched = move(from, what, { powershell: first.powershell });
      await windows.simulator.held('sql01', 60);
      // Which of them asks for the move, only chance decides: the looks before have left one idle.
      for (const pid of await first.pids()) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
      // The script looks again itself, inside the mutex that the dead one has left.
      const options = {
        name: from,
        powershell: windows.powershell(from),
        stateFolder: windows.dir,
      };
      const given = { target: what.target, way: what.way, placement: placementOf(what) };
      const again = {
        vmId: what.vm.id,
        token: token(),
        given,
        schema: z.object({ asked: z.boolean() }),
      };
      expect(await act(options, 'move', { ...again, timeoutSeconds: SECONDS })).toEqual({
        asked: false,
      });
      const next = watching();
      const attached = move(from, what, { watch: next });
      await until(() => next.told.length > 0);
      windows.simulator.releaseMoves();
      expect([await watched, await attached]).toEqual([{ end: 'moved' }, { end: 'moved' }]);
      expect(asksToMove()).toBe(asked + 1);
      expect(await truth()).toEqual(onlyAt(otherOf(from)));
    });
  });
}
