/** The ways that leave the disks where they are, and what a move does not carry along. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type HostName, type LiveBench, liveBench, otherOf, watching } from './live-fixture.ts';
import { problemOf, until } from './shell/fixture.ts';

const SHARE = '\\\\files\\vms';
const ACL = {
  direction: 'Inbound',
  action: 'Deny',
  values: { RemoteIPAddress: '10.0.1.9', Weight: 7, Protocol: 'TCP', LocalPort: '3389' },
} as const;
const SETTINGS = {
  dynamicMac: true,
  vlan: { mode: 'Trunk', access: 0, native: 4, allowed: '10,20-30' },
  acls: [ACL],
  bandwidthMinimum: 0,
  bandwidthMinimumWeight: 30,
  bandwidthMaximum: 500_000_000,
  iovWeight: 0,
  macSpoofing: false,
  dhcpGuard: false,
  routerGuard: false,
} as const;
const ISO = 'C:\\iso\\setup.iso';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const token = (windows: LiveBench) => ({ operation: 'm1', epoch: windows.epoch() });
  async function truth(windows: LiveBench) {
    await windows.guestWrites();
    const { registeredOn, runningOn, lost, ranTwice } = await windows.report();
    expect(runningOn.map(({ host }) => host)).toEqual(registeredOn.map(({ host }) => host));
    return { hosts: registeredOn.map(({ host }) => host), lost, ranTwice };
  }
  const onlyAt = (host: HostName) => ({ hosts: [host], lost: 0, ranTwice: false });
  const lastAsk = (windows: LiveBench, name: string) =>
    windows.simulator.calls.findLast(({ cmdlet }) => cmdlet === name)?.parameters;

  describe('a VM whose disks lie on a share', () => {
    let windows: LiveBench;
    beforeAll(async () => {
      windows = await liveBench(pwsh);
      await windows.simulator.addShare(SHARE, ['hv-a', 'hv-b']);
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    it('goes with its memory alone', async () => {
      await windows.simulator.putOn('sql01', SHARE);
      const what = windows.inPlace('memory only', 'hv-a');
      expect(await windows.live('hv-a').compare(what)).toEqual([]);
      const watch = watching();
      expect(await windows.live('hv-a').move(what, token(windows), watch.watch)).toEqual({
        end: 'moved',
      });
      expect(await truth(windows)).toEqual(onlyAt('hv-b'));
      expect(lastAsk(windows, 'Move-VM')).toEqual({
        VM: expect.anything(),
        DestinationHost: 'hv-b.lab.example',
        IncludeStorage: false,
      });
    });

    it('is told what stands against it, in the words of the host', async () => {
      const what = windows.inPlace('memory only', 'hv-b');
      const message = 'Qualcosa di nuovo';
      await windows.simulator.changeVm(VM_ID, {
        dvdDrives: [{ controller: 0, location: 1, media: 'ISO', path: ISO }],
      });
      windows.simulator.fault({ kind: 'incompatible', messageId: 24999, message, times: 1 });
      const objections = await windows.live('hv-b').compare(what);
      expect(objections).toEqual([
        { id: 40010, source: 'DvdDrive', message: expect.stringContaining(ISO) },
        { id: 24999, source: 'VirtualMachine', message },
      ]);
      const { delegation } = await windows.overlay('hv-b');
      const none = { ...delegation, allowedTo: [] };
      await windows.simulator.changeHost('hv-b', { delegation: none });
      const refused = await problemOf(windows.live('hv-b').compare(what));
      await windows.simulator.changeHost('hv-b', { delegation });
      expect(refused).toMatchObject({ code: 'move-no-credentials', facts: { source: 'hv-b' } });
    });

    it('has its medium and the settings of its adapters again afterwards', async () => {
      const what = windows.inPlace('memory only', 'hv-b');
      const drives = [{ controller: 0, location: 1, media: 'ISO', path: ISO }] as const;
      const adapters = { 'Network Adapter': SETTINGS };
      await windows.simulator.changeVm(VM_ID, { dvdDrives: drives, adapters });
      const source = windows.live('hv-b');
      const carried = await source.carryOut(what, token(windows));
      const drive = (await windows.one(
        'Get-VMDvdDrive',
        { VMName: 'sql01' },
        { host: 'hv-b' },
      )) as {
        Path: unknown;
      };
      expect(drive.Path ?? '').toBe('');
      expect(carried).toMatchObject({
        dvdDrives: [{ path: ISO }],
        adapters: [{ mac: expect.stringMatching(/^[0-9A-F]{12}$/) }],
      });
      // Again, by somebody who does not know of the first time.
      expect(await source.carryOut(what, token(windows))).toEqual(carried);
      windows.simulator.fault({ kind: 'loses-adapter-settings', times: 1 });
      expect(await source.move(what, token(windows), watching().watch)).toEqual({ end: 'moved' });
      const asked = windows.simulator.calls.length;
      await windows.live('hv-a').carryIn(VM_ID, carried, token(windows));
      const shown = await windows.one(
        'Get-VMNetworkAdapterVlan',
        { VMName: 'sql01' },
        { host: 'hv-a' },
      );
      expect(shown).toMatchObject({ NativeVlanId: 4, AllowedVlanIdListString: '10,20-30' });
      const acls = await windows.ask(
        'Get-VMNetworkAdapterExtendedAcl',
        { VMName: 'sql01' },
        { host: 'hv-a' },
      );
      expect(acls.output).toMatchObject([{ RemoteIPAddress: '10.0.1.9', Weight: 7 }]);
      const adapter = await windows.one(
        'Get-VMNetworkAdapter',
        { VMName: 'sql01' },
        { host: 'hv-a' },
      );
      expect(adapter.BandwidthSetting).toMatchObject({
        MinimumBandwidthWeight: 30,
        MaximumBandwidth: 500_000_000,
      });
      // What is already so is left alone.
      await windows.live('hv-a').carryIn(VM_ID, carried, token(windows));
      const sets = windows.simulator.calls
        .slice(asked)
        .filter(({ cmdlet }) => /^(Set|Add)-VM/.test(cmdlet))
        .map(({ cmdlet }) => cmdlet);
      expect(sets.filter((name) => name !== 'Set-VMDvdDrive').toSorted()).toEqual([
        'Add-VMNetworkAdapterExtendedAcl',
        'Set-VMNetworkAdapter',
        'Set-VMNetworkAdapterVlan',
      ]);
    });

    it('has at the source again what was taken away, also by a run that never told of it', async () => {
      const drives = [{ controller: 0, location: 1, media: 'ISO', path: ISO }] as const;
      await windows.simulator.changeVm(VM_ID, { dvdDrives: drives });
      const plain = windows.inPlace('memory only', 'hv-a');
      const networks = [{ adapter: 'Network Adapter', switch: 'LAN of hv-b' }];
      const { adapters } = await windows
        .live('hv-a')
        .carryOut({ ...plain, networks }, token(windows));
      expect(JSON.parse(adapters[0]?.settings ?? '')).toMatchObject({
        switch: { source: 'LAN', target: 'LAN of hv-b' },
      });
      const adapter = () =>
        windows.one('Get-VMNetworkAdapter', { VMName: 'sql01' }, { host: 'hv-a' });
      expect((await adapter()).SwitchName ?? '').toBe('');
      await windows.live('hv-a').carryIn(VM_ID, { dvdDrives: [], adapters: [] }, token(windows));
      const drive = await windows.one('Get-VMDvdDrive', { VMName: 'sql01' }, { host: 'hv-a' });
      expect([drive.Path, (await adapter()).SwitchName]).toEqual([ISO, 'LAN']);
      expect(existsSync(join(windows.dir, 'state/hv-a/carried/hv-a', `${VM_ID}.json`))).toBe(false);
    });
  });

  describe('a VM that is a role of a cluster', () => {
    let windows: LiveBench;
    beforeAll(async () => {
      windows = await liveBench(pwsh, async ({ simulator }) => {
        await simulator.makeCluster('ferry', ['sql01']);
      });
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    it('is moved by the cluster', async () => {
      const from = await windows.home();
      const what = windows.inPlace('cluster role', from);
      expect(await windows.live(from).compare(what)).toEqual([]);
      const watch = watching();
      expect(await windows.live(from).move(what, token(windows), watch.watch)).toEqual({
        end: 'moved',
      });
      expect(await truth(windows)).toEqual(onlyAt(otherOf(from)));
      expect(lastAsk(windows, 'Move-ClusterVirtualMachineRole')).toMatchObject({
        Node: otherOf(from),
        MigrationType: 'Live',
        Wait: 0,
      });
    });

    it.each([
      [60, 'not moved'],
      [97, 'moved'],
    ])('can be cancelled by the cluster while its data go: at %i %%', async (percent, end) => {
      const from = await windows.home();
      const watch = watching();
      windows.simulator.holdMoves(percent);
      const what = windows.inPlace('cluster role', from);
      const moving = windows.live(from).move(what, token(windows), watch.watch);
      await windows.simulator.held('sql01', percent);
      await until(() => watch.told.at(-1)?.percent === percent);
      watch.cancel();
      if (end === 'moved') windows.simulator.releaseMoves();
      expect((await moving).end).toBe(end);
      windows.simulator.releaseMoves();
      expect(await truth(windows)).toEqual(onlyAt(end === 'moved' ? otherOf(from) : from));
    });

    it('stays where it is when the cluster refuses', async () => {
      const from = await windows.home();
      await windows.simulator.setPossibleOwners('sql01', [from]);
      const what = windows.inPlace('cluster role', from);
      const end = await windows.live(from).move(what, token(windows), watching().watch);
      expect(end).toMatchObject({ end: 'not moved', why: { code: 'move-cluster-refused' } });
      expect(await truth(windows)).toEqual(onlyAt(from));
    });
  });
}
