/** A definition from host to host by the real PowerShell, and scripts that are killed on its way. */

import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Definition, DiskPlace } from '../../../../src/hosts/host.ts';
import { exportDefinition } from '../../../../src/hosts/hyperv/definition/export.ts';
import { switchesBefore } from '../../../../src/hosts/hyperv/definition/fenced-network.ts';
import { turnAllMergingOn } from '../../../../src/hosts/hyperv/definition/merging.ts';
import { register } from '../../../../src/hosts/hyperv/definition/register.ts';
import { hostFile } from '../../../../src/hosts/lab/layout.ts';
import { readHost, writeJson } from '../../../../src/hosts/lab/state.ts';
import { adapterDefaults } from '../../../hyperv-module/simulator/defaults.ts';
import { VM_ID } from '../../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../../tools.ts';
import { type DefinitionBench, definitionBench, FENCED, freed } from './definition-fixture.ts';

const MIB = 2 ** 20;
const DISK = { virtualBytes: 32 * MIB, dataBytes: MIB };
const ISO = 'C:\\iso\\tools.iso';
const VMCX = join('Virtual Machines', `${VM_ID.toUpperCase()}.vmcx`);
const there = { host: 'hv-b' };
const code = (wanted: string) => expect.objectContaining({ name: 'Problem', code: wanted });

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: DefinitionBench;
  let definition: Definition;
  beforeAll(async () => {
    windows = await definitionBench(pwsh, [DISK, DISK, DISK]);
    const { simulator } = windows;
    await simulator.spreadDisks('sql01');
    await simulator.changeVm(VM_ID, {
      version: '9.0',
      memory: { dynamic: true, minimumBytes: 2 ** 29, maximumBytes: 2 ** 33, buffer: 25 },
      security: { tpm: true, shielded: false, guardians: ['AB12'] },
      dvdDrives: [{ controller: 0, location: 7, media: 'ISO', path: ISO }],
      adapters: { 'Network Adapter': { ...adapterDefaults, dynamicMac: true } },
    });
    await simulator.changeHost('hv-b', { guardians: ['AB12'] });
    await windows.ask('Set-VM', { Name: 'sql01', Notes: 'mine', AutomaticStartAction: 'Start' });
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });

  describe('the export of a definition', () => {
    it('turns merging on again, and leaves nothing behind', async () => {
      definition = await windows.exported();
      expect(definition.vmId).toBe(VM_ID);
      expect(await windows.mergingIsOn()).toBe(true);
      const state = await readdir(join(windows.dir, 'state', 'hv-a'), { recursive: true });
      expect(state.filter((file) => /\.(json|vmcx|vmrs|vmgs)$/.test(file))).toEqual([]);
      expect((await windows.exported()).vmId).toBe(VM_ID);
    });

    it('is a Problem with the words of Windows, and merging is on then too', async () => {
      windows.simulator.fault({ kind: 'export-fails', times: 1 });
      await expect(windows.exported()).rejects.toMatchObject({
        code: 'export-failed',
        facts: { vm: 'sql01', host: 'hv-a', message: expect.stringContaining('0x80070005') },
      });
      expect(await windows.mergingIsOn()).toBe(true);
      const unknown = '00000000-0000-4000-8000-000000000000';
      await expect(exportDefinition(windows.options('hv-a'), unknown)).rejects.toEqual(
        code('vm-unknown'),
      );
    });

    it('that dies before merging is on again is ended by whoever comes next', async () => {
      const during = () => windows.exported();
      // Of the export itself: Windows comes to its end without us.
      await windows.diesAt('hv-a', 'Invoke-CimMethod', { acts: true, during });
      expect(await windows.mergingIsOn()).toBe(false);
      await turnAllMergingOn(windows.options('hv-a'));
      expect(await windows.mergingIsOn()).toBe(true);
      expect(await readdir(join(windows.dir, 'state/hv-a/merging-off/hv-a'))).toEqual([]);
    });
  });

  describe('a registration', () => {
    let places: readonly DiskPlace[] = [];
    afterEach(async () => {
      windows.simulator.clearFaults();
      await windows.unregisters('hv-b');
      expect(await windows.vmOn('hv-b')).toBeUndefined();
      for (const { path } of places) {
        expect([existsSync(path), existsSync(path + FENCED)]).toEqual([true, false]);
      }
      expect((await windows.filesAt(places)).filter((file) => /\.vm/.test(file))).toEqual([]);
    });

    /** Registered, off, and nothing of it can start. */
    async function expectFenced(): Promise<void> {
      const vm = await windows.vmOn('hv-b');
      expect(vm).toMatchObject({ startAction: 'Nothing', adapters: [{ connected: false }] });
      expect(vm?.disks.map(({ id, path }) => ({ disk: id, path }))).toEqual(places);
      for (const { path } of places) {
        expect([existsSync(path), existsSync(path + FENCED)]).toEqual([false, true]);
      }
      const planned = { ClassName: 'Msvm_PlannedComputerSystem' };
      expect((await windows.ask('Get-CimInstance', planned, there)).output).toEqual([]);
    }

    it('is fenced, keeps what the VM is, and is the same when it is asked for again', async () => {
      places = await windows.places();
      const before = await windows.one('Get-VMNetworkAdapter', { VMName: 'sql01' });
      await windows.registers(definition, places);
      await expectFenced();
      const on = await switchesBefore(windows.options('hv-b'), VM_ID);
      expect(on).toEqual([{ name: 'Network Adapter', switch: before.SwitchName }]);
      await windows.registers(definition, places);
      await expectFenced();
      const vm = await windows.one('Get-VM', { Id: VM_ID }, there);
      expect(vm).toMatchObject({
        Notes: 'mine',
        Generation: 2,
        DynamicMemoryEnabled: true,
        ConfigurationLocation: dirname(places[0]?.path ?? ''),
      });
      const { MacAddress } = before;
      const after = await windows.one('Get-VMNetworkAdapter', { VMName: 'sql01' }, there);
      expect(after).toMatchObject({ MacAddress, DynamicMacAddressEnabled: true });
      const firmware = await windows.one('Get-VMFirmware', { VMName: 'sql01' }, there);
      expect(firmware).toMatchObject({ SecureBoot: { value: 0 } });
      const dvd = await windows.one('Get-VMDvdDrive', { VMName: 'sql01' }, there);
      expect(dvd.Path ?? '').toBe('');
      expect(await windows.simulator.tpmState('hv-b', 'sql01')).toBe(`TPM of ${VM_ID}`);
      await freed(places);
      expect((await windows.ask('Start-VM', { Name: 'sql01' }, there)).errors).toEqual([]);
      await expect(windows.unregisters('hv-b')).rejects.toEqual(code('vm-running'));
      await expect(windows.registers(definition, places)).rejects.toEqual(code('vm-running'));
      await windows.guestWrites();
      await windows.ask('Stop-VM', { Name: 'sql01' }, there);
    });

    it.each([
      ['after Compare-VM', 'Compare-VM', true],
      ['after Import-VM', 'Import-VM', true],
    ] as const)('whose script is killed %s goes on', async (_, cmdlet, acts) => {
      places = await windows.places();
      const during = () => windows.registers(definition, places);
      await windows.diesAt('hv-b', cmdlet, { acts, during });
      // The VM's own disks are out of the way before Windows knows it.
      for (const { path } of places) expect(existsSync(path + FENCED)).toBe(true);
      await windows.registers(definition, places);
      await expectFenced();
    });

    it('that was broken off is taken back as well', async () => {
      places = await windows.places();
      const during = () => windows.registers(definition, places);
      await windows.diesAt('hv-b', 'Import-VM', { acts: false, during });
      await windows.unregisters('hv-b');
      const planned = { ClassName: 'Msvm_PlannedComputerSystem' };
      expect((await windows.ask('Get-CimInstance', planned, there)).output).toEqual([]);
      await windows.unregisters('hv-b');
    });

    it('is removed also when that was broken off before the disks had their names', async () => {
      places = await windows.places();
      await windows.registers(definition, places);
      const during = () => windows.unregisters('hv-b');
      await windows.diesAt('hv-b', 'Remove-VM', { acts: true, during });
      expect(await windows.vmOn('hv-b')).toBeUndefined();
      for (const { path } of places) expect(existsSync(path + FENCED)).toBe(true);
    });

    it('needs the switch and a guardian, before anything of the VM is there', async () => {
      places = await windows.places();
      const bare = async (why: string) => {
        await expect(windows.registers(definition, places)).rejects.toEqual(code(why));
        expect((await windows.filesAt(places)).every((file) => file.endsWith('.vhdx'))).toBe(true);
      };
      await windows.simulator.changeHost('hv-b', { guardians: ['CD34'] });
      await bare('guardian-missing');
      await windows.simulator.changeHost('hv-b', { guardians: ['AB12'] });
      const file = hostFile(windows.dir, 'hv-b');
      const host = await readHost(windows.dir, 'hv-b');
      await writeJson(file, { ...host, switches: [] });
      await bare('switch-missing');
      await writeJson(file, host);
    });

    it('says in the words of Windows what it objects to, and plans nothing then', async () => {
      places = await windows.places();
      windows.simulator.fault({
        kind: 'incompatible',
        host: 'hv-b',
        messageId: 24999,
        message: 'No.',
      });
      await expect(windows.registers(definition, places)).rejects.toMatchObject({
        code: 'definition-refused',
        facts: { host: 'hv-b', vm: 'sql01', messages: ['No. (24999)'] },
      });
      const planned = { ClassName: 'Msvm_PlannedComputerSystem' };
      expect((await windows.ask('Get-CimInstance', planned, there)).output).toEqual([]);
    });

    it('needs every disk of the VM, and a name that is free', async () => {
      places = await windows.places();
      await expect(windows.registers(definition, places.slice(1))).rejects.toEqual(
        code('disk-missing'),
      );
      const [first] = places;
      const taken = `${first?.path}${FENCED}`;
      await writeFile(taken, 'mine');
      await expect(windows.registers(definition, places)).rejects.toEqual(code('fence-name-taken'));
      await rm(taken);
    });
  });

  it('is refused where a VM of that Id has other disks', async () => {
    const given = { definition, disks: await windows.places() };
    const late = register(windows.options('hv-a'), given, { operation: 'm1', epoch: 1 });
    await expect(late).rejects.toEqual(code('vm-registered'));
    expect((await windows.vmOn('hv-a'))?.startAction).toBe('Start');
  });

  it('takes a VM of generation 1 along', async () => {
    await windows.simulator.makeGeneration1('sql01');
    const old = await windows.exported();
    const places = await windows.places();
    expect(places.map(({ disk }) => disk)).toEqual(['IDE 0:0', 'IDE 0:1', 'SCSI 0:0']);
    await windows.registers(old, places);
    expect((await windows.vmOn('hv-b'))?.generation).toBe(1);
    expect(existsSync(join(dirname(places[0]?.path ?? ''), VMCX))).toBe(true);
  });
}
