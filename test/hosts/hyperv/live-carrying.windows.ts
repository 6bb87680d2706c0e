/** What a live move does not carry along: media, and what an adapter is set to. Recorded, and given back. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveMove } from '../../../src/domain/live.ts';
import { watching } from '../../contract/live-fixture.ts';
import { adapterDefaults } from '../../hyperv-module/simulator/defaults.ts';
import type { AdapterOverlay } from '../../hyperv-module/simulator/overlay.ts';
import { VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type HostName, type LiveBench, liveBench, otherOf } from './live-fixture.ts';

const SHARE = '\\\\files\\vms';
const ISO = "C:\\iso\\bob's setup.iso";
const SETTINGS: AdapterOverlay = {
  ...adapterDefaults,
  vlan: { mode: 'Trunk', access: 0, native: 4, allowed: '10,20-30' },
  acls: [
    {
      direction: 'Inbound',
      action: 'Deny',
      values: { RemoteIPAddress: '10.0.1.9', Weight: 7, Protocol: 'TCP', LocalPort: '3389' },
    },
  ],
  plainAcls: [
    { direction: 'Both', action: 'Deny', end: 'Remote', address: '10.0.7.0/24', type: 'IPv4' },
    { direction: 'Inbound', action: 'Allow', end: 'Local', address: '00155D000099', type: 'Mac' },
    {
      direction: 'Outbound',
      action: 'Meter',
      end: 'Remote',
      address: '::/0',
      type: 'WildcardIPv6',
    },
    { direction: 'Inbound', action: 'Meter', end: 'Remote', address: 'ANY', type: 'WildcardMac' },
  ],
  bandwidthMinimumWeight: 30,
  bandwidthMaximum: 500_000_000,
};

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: LiveBench;
  let operation = 'm0';
  beforeAll(async () => {
    windows = await liveBench(pwsh);
    await windows.simulator.addShare(SHARE, ['hv-a', 'hv-b']);
    await windows.simulator.putOn('sql01', SHARE);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    operation = `m${Number(operation.slice(1)) + 1}`;
    windows.simulator.clearFaults();
    for (const host of ['hv-a', 'hv-b']) await windows.simulator.changeHost(host, { files: [] });
    await windows.simulator.changeVm(VM_ID, { dvdDrives: [], adapters: {} });
  });

  const token = () => ({ operation, epoch: windows.epoch() });
  const ask = (cmdlet: string, host: HostName) =>
    windows.one(cmdlet, { VMName: 'sql01' }, { host });
  const medium = async (host: HostName) => (await ask('Get-VMDvdDrive', host)).Path ?? '';
  const putIn = (path = ISO) =>
    windows.simulator.changeVm(VM_ID, {
      dvdDrives: [{ controller: 0, location: 1, media: 'ISO', path }],
    });
  const has = (host: HostName, ...files: string[]) => windows.simulator.changeHost(host, { files });
  const plainRules = async (host: HostName) => {
    const { output } = await windows.ask('Get-VMNetworkAdapterAcl', { VMName: 'sql01' }, { host });
    return (output as Record<string, unknown>[]).map(
      ({ Direction, Action, LocalAddress, LocalAddressType, RemoteAddress, RemoteAddressType }) => {
        return {
          Direction,
          Action,
          LocalAddress,
          LocalAddressType,
          RemoteAddress,
          RemoteAddressType,
        };
      },
    );
  };
  const records = (host: HostName) => readdir(join(windows.dir, 'state', host, 'carried', host));

  /** From where it is to the other host, and what is given back there. */
  async function moved(what?: LiveMove) {
    const from = await windows.home();
    const move = what ?? windows.inPlace('memory only', from);
    const [source, target] = [windows.live(from), windows.live(otherOf(from))];
    expect(await source.compare(move)).toEqual([]);
    const carried = await source.carryOut(move, token());
    expect(await source.move(move, token(), watching().watch)).toEqual({ end: 'moved' });
    const notCarried = await target.carryIn(VM_ID, carried, token());
    return { from, to: otherOf(from), carried, notCarried };
  }

  describe('a medium', () => {
    it('that the target has too stays in its drive', async () => {
      await putIn();
      await has('hv-a', ISO);
      await has('hv-b', ISO);
      const { to, carried, notCarried } = await moved();
      expect(carried.dvdDrives).toEqual([]);
      expect(await medium(to)).toBe(ISO);
      expect(notCarried).toEqual({ media: [], adapters: [] });
    });

    it('G.1 that the target lacks is ejected, and told at the end: it is no objection', async () => {
      await putIn();
      await has(await windows.home(), ISO);
      const { to, carried, notCarried } = await moved();
      expect(carried.dvdDrives).toEqual([{ drive: 'SCSI 0:1', path: ISO }]);
      expect(await medium(to)).toBe('');
      expect(notCarried).toEqual({ media: [ISO], adapters: [] });
    });

    it('comes back at the target that could not be asked, and turns out to have it', async () => {
      await putIn();
      await has('hv-a', ISO);
      await has('hv-b', ISO);
      const from = await windows.home();
      const what = windows.inPlace('memory only', from);
      windows.simulator.fault({
        kind: 'error',
        cmdlet: 'Get-CimInstance',
        host: otherOf(from),
        times: 1,
      });
      const carried = await windows.live(from).carryOut(what, token());
      expect([carried.dvdDrives.length, await medium(from)]).toEqual([1, '']);
      await windows.live(from).move(what, token(), watching().watch);
      const target = windows.live(otherOf(from));
      expect(await target.carryIn(VM_ID, carried, token())).toEqual({ media: [], adapters: [] });
      expect(await medium(otherOf(from))).toBe(ISO);
    });

    it('whose drive is gone, and an adapter that is, are told and hold up nothing', async () => {
      await putIn();
      const { to, carried } = await moved();
      await windows.simulator.changeVm(VM_ID, { dvdDrives: [] });
      const [adapter] = carried.adapters;
      if (!adapter) throw new Error('An adapter is recorded');
      const gone = { ...adapter, mac: '00155DFFFFFF' };
      const more = { ...carried, adapters: [gone, ...carried.adapters] };
      expect(await windows.live(to).carryIn(VM_ID, more, token())).toEqual({
        media: [ISO],
        adapters: ['Network Adapter'],
      });
    });

    it('is at the source again when nothing moved, also by a run that never told of it', async () => {
      await putIn();
      const from = await windows.home();
      await has(from, ISO);
      const source = windows.live(from);
      const networks = [{ adapter: 'Network Adapter', switch: `LAN of ${otherOf(from)}` }];
      const what = { ...windows.inPlace('memory only', from), networks };
      const { adapters } = await source.carryOut(what, token());
      expect(JSON.parse(adapters[0]?.settings ?? '')).toMatchObject({
        switch: { source: 'LAN', target: `LAN of ${otherOf(from)}` },
      });
      const plugged = async () => (await ask('Get-VMNetworkAdapter', from)).SwitchName ?? '';
      expect([await medium(from), await plugged()]).toEqual(['', '']);
      expect(await records(from)).toContain(`${operation}.json`);
      await source.carryIn(VM_ID, { dvdDrives: [], adapters: [] }, token());
      expect([await medium(from), await plugged()]).toEqual([ISO, 'LAN']);
      expect(await records(from)).not.toContain(`${operation}.json`);
    });

    it('of a share that the target cannot reach is objected to: nobody ejects that', async () => {
      await putIn('\\\\nas\\iso\\setup.iso');
      const from = await windows.home();
      const objections = await windows.live(from).compare(windows.inPlace('memory only', from));
      expect(objections).toMatchObject([{ id: 40010, source: 'DvdDrive' }]);
    });
  });

  describe('an adapter', () => {
    it('has its VLAN, limits and both kinds of rules again, and what is so is left alone', async () => {
      await windows.simulator.changeVm(VM_ID, { adapters: { 'Network Adapter': SETTINGS } });
      const before = await plainRules(await windows.home());
      expect(before).toHaveLength(SETTINGS.plainAcls.length);
      windows.simulator.fault({ kind: 'loses-adapter-settings', times: 1 });
      const asked = windows.simulator.calls.length;
      const { to, carried } = await moved();
      expect(await ask('Get-VMNetworkAdapterVlan', to)).toMatchObject({
        NativeVlanId: 4,
        AllowedVlanIdListString: '10,20-30',
      });
      expect((await ask('Get-VMNetworkAdapter', to)).BandwidthSetting).toMatchObject({
        MinimumBandwidthWeight: 30,
        MaximumBandwidth: 500_000_000,
      });
      const rules = await windows.ask(
        'Get-VMNetworkAdapterExtendedAcl',
        { VMName: 'sql01' },
        { host: to },
      );
      expect(rules.output).toMatchObject([{ RemoteIPAddress: '10.0.1.9', Weight: 7 }]);
      expect(await plainRules(to)).toEqual(before);
      await windows.live(to).carryIn(VM_ID, carried, token());
      const sets = windows.simulator.calls
        .slice(asked)
        .map(({ cmdlet }) => cmdlet)
        .filter((cmdlet) => /^(Set|Add)-VM/.test(cmdlet));
      expect(sets.toSorted()).toEqual([
        ...SETTINGS.plainAcls.map(() => 'Add-VMNetworkAdapterAcl'),
        'Add-VMNetworkAdapterExtendedAcl',
        'Set-VMNetworkAdapter',
        'Set-VMNetworkAdapterVlan',
      ]);
    });

    it('of a record of an earlier version has no plain rules, and needs none', async () => {
      const from = await windows.home();
      const carried = await windows
        .live(from)
        .carryOut(windows.inPlace('memory only', from), token());
      const older = carried.adapters.map(({ mac, settings }) => {
        const { plainAcls: _, ...others } = JSON.parse(settings) as { plainAcls: unknown };
        return { mac, settings: JSON.stringify(others) };
      });
      // As the next operation at the same host: its own record is another.
      operation = `${operation}0`;
      const there = { dvdDrives: [], adapters: older };
      expect(await windows.live(from).carryIn(VM_ID, there, token())).toEqual({
        media: [],
        adapters: [],
      });
    });
  });
}
