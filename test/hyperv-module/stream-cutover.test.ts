/** The cutover on the simulated Windows: a VM goes to another host by its definition and copied disks. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type Bench, bench, VM_ID } from './simulator-fixture.ts';
import { onlyAt, truth } from './simulator-moves.ts';
import {
  chainOf,
  cimOf,
  DEFINITION_ALONE,
  mergeEvents,
  mergeSwitch,
  reference,
} from './stream-fixture.ts';

const ICACLS = join(import.meta.dirname, '../hosts/hyperv/programs/icacls.exe');
const SERVICE = 'Msvm_VirtualSystemManagementService';
const code = (error: { hresult: number }): string => `0x${(error.hresult >>> 0).toString(16)}`;

type Item = { MessageId: number; Source: Record<string, unknown> & { $type: string; $id: string } };
type Report = Record<string, unknown> & { $type: string; $id: string };

const folderOn = (windows: Bench, host: string): string =>
  join(windows.dir, 'hosts', host, 'more-disks', 'moved');

/** As Ferry will: off, exported, disks and definition copied. The definition's place at the target. */
async function carried(windows: Bench, to = 'hv-b'): Promise<string> {
  const cim = cimOf(windows);
  const { HardDrives } = await windows.one('Get-VM', { Id: VM_ID });
  const disks = (HardDrives as readonly { readonly Path: string }[]).map(({ Path }) => Path);
  expect((await windows.ask('Stop-VM', { Name: 'sql01' })).errors).toEqual([]);
  const out = join(windows.dir, 'hosts', 'hv-a', 'more-disks', 'export');
  const exported = await exportTo(windows, out);
  expect(exported.job).toMatchObject({ JobState: 7 });
  expect((await cim.one('Msvm_DiskMergeSettingData')).EnabledState).toBe(0);
  const target = folderOn(windows, to);
  await mkdir(target, { recursive: true });
  for (const disk of disks) await copyFile(disk, join(target, basename(disk)));
  await cp(join(out, 'sql01', 'Virtual Machines'), join(target, 'Virtual Machines'), {
    recursive: true,
  });
  return join(target, 'Virtual Machines', `${VM_ID.toUpperCase()}.vmcx`);
}

async function exportTo(windows: Bench, folder: string) {
  const cim = cimOf(windows);
  return cim.invoke(SERVICE, 'ExportSystemDefinition', {
    ComputerSystem: reference(await cim.one('Msvm_ComputerSystem')),
    ExportDirectory: folder,
    ExportSettingData: DEFINITION_ALONE,
  });
}

const report = async (windows: Bench, parameters: object): Promise<Report> =>
  (await windows.one('Compare-VM', parameters, { host: 'hv-b' })) as Report;
const items = (found: Report) => found.Incompatibilities as Item[];

/** Each disk where it lies at the target, by the object that the report is about. */
async function repointed(windows: Bench, found: Report): Promise<void> {
  for (const { Source } of items(found)) {
    if (Source.$type !== 'HardDiskDrive') continue;
    const path = join(folderOn(windows, 'hv-b'), basename(String(Source.Path)));
    const VMHardDiskDrive = [{ $type: Source.$type, $id: Source.$id }];
    const { errors } = await windows.ask(
      'Set-VMHardDiskDrive',
      { VMHardDiskDrive, Path: path },
      { host: 'hv-b' },
    );
    expect(errors).toEqual([]);
  }
}

const imported = async (windows: Bench): Promise<Report> => {
  const found = await report(windows, { Path: await carried(windows), Register: true });
  await repointed(windows, found);
  const given = { CompatibilityReport: { $type: found.$type, $id: found.$id } };
  const left = await report(windows, given);
  expect(items(left)).toEqual([]);
  return left;
};

describe('a VM that goes to another host by its definition', () => {
  it('keeps Id, addresses and settings, and loses no record', async () => {
    await using windows = await bench();
    await windows.ask('Set-VM', { Name: 'sql01', Notes: 'mine', AutomaticStartAction: 'Nothing' });
    await windows.simulator.changeVm('sql01', {
      security: { tpm: true, shielded: false, guardians: ['AB12'] },
      memory: { dynamic: true, minimumBytes: 2 ** 29, maximumBytes: 2 ** 33, buffer: 25 },
    });
    const before = await windows.one('Get-VMNetworkAdapter', { VMName: 'sql01' });
    const found = await report(windows, { Path: await carried(windows), Register: true });
    expect(items(found).map(({ MessageId, Source }) => [MessageId, Source.$type])).toEqual([
      [40010, 'HardDiskDrive'],
      [40010, 'HardDiskDrive'],
    ]);
    expect(found.VM).toMatchObject({ Id: VM_ID, VirtualMachineType: { value: 4 } });
    expect((await windows.ask('Get-VM', {}, { host: 'hv-b' })).output).toEqual([]);
    const given = { CompatibilityReport: { $type: found.$type, $id: found.$id } };
    expect(code(await windows.fails('Import-VM', given, { host: 'hv-b' }))).toBe('0x80048055');
    await repointed(windows, found);
    const vm = await windows.one('Import-VM', given, { host: 'hv-b' });
    expect(vm).toMatchObject({
      Id: VM_ID,
      State: { value: 3 },
      Notes: 'mine',
      AutomaticStartAction: { value: 2 },
      DynamicMemoryEnabled: true,
      ConfigurationLocation: folderOn(windows, 'hv-b'),
    });
    const at = { host: 'hv-b' };
    const after = await windows.one('Get-VMNetworkAdapter', { VMName: 'sql01' }, at);
    const { MacAddress, DynamicMacAddressEnabled } = before;
    expect(after).toMatchObject({ MacAddress, DynamicMacAddressEnabled, Connected: true });
    expect(code(await windows.fails('Start-VM', { Name: 'sql01' }, at))).toBe('0x80070057');
    await windows.simulator.changeHost('hv-b', { guardians: ['AB12'] });
    expect((await windows.ask('Start-VM', { Name: 'sql01' }, at)).errors).toEqual([]);
    expect(await windows.simulator.tpmState('hv-b', 'sql01')).toBe(`TPM of ${VM_ID}`);
    // What only the source has of it stays the source's own.
    await windows.ask('Set-VMProcessor', {
      VMName: 'sql01',
      CompatibilityForMigrationEnabled: true,
    });
    const there = await windows.one('Get-VMProcessor', { VMName: 'sql01' }, at);
    expect(there.CompatibilityForMigrationEnabled).toBe(false);
    expect((await windows.ask('Remove-VM', { Name: 'sql01', Force: true })).errors).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt('hv-b'));
  });

  it('is mended in its adapters and drives, and its TPM is empty without its file', async () => {
    const disk = { virtualBytes: 32 * 1024 * 1024, dataBytes: 0 };
    await using windows = await bench({ disks: [disk, disk, disk], boot: false });
    await windows.simulator.spreadDisks('sql01');
    await windows.ask('Start-VM', { Name: 'sql01' });
    await windows.simulator.changeVm('sql01', {
      dvdDrives: [{ controller: 0, location: 7, media: 'ISO', path: 'C:\\iso\\tools.iso' }],
      version: '9.0',
    });
    const definition = await carried(windows);
    await rename(definition.replace('.vmcx', '.vmgs'), `${definition}.elsewhere`);
    const host = { host: 'hv-b' };
    const found = await report(windows, { Path: definition, Register: true });
    expect(items(found).map(({ Source }) => Source.$type)).toEqual([
      'HardDiskDrive',
      'HardDiskDrive',
      'HardDiskDrive',
      'DvdDrive',
    ]);
    const dvd = items(found).at(-1);
    const object = dvd && { $type: dvd.Source.$type, $id: dvd.Source.$id };
    await windows.ask('Set-VMDvdDrive', { VMDvdDrive: [object], Path: '' }, host);
    await repointed(windows, found);
    const given = { CompatibilityReport: { $type: found.$type, $id: found.$id } };
    expect(items(await report(windows, given))).toEqual([]);
    await windows.one('Import-VM', given, host);
    expect(await windows.simulator.tpmState('hv-b', 'sql01')).toBe('empty');
    const again = await windows.fails('Import-VM', given, host);
    expect(code(again)).toBe('0x80070057');
  });

  it('is planned once: another try needs the planned VM destroyed', async () => {
    await using windows = await bench();
    const definition = await carried(windows);
    const order = { Path: definition, Register: true };
    await report(windows, order);
    expect(code(await windows.fails('Compare-VM', order, { host: 'hv-b' }))).toBe('0x80070050');
    const cim = cimOf(windows, 'hv-b');
    const planned = await cim.one('Msvm_PlannedComputerSystem');
    const gone = { AffectedSystem: reference(planned) };
    expect((await cim.invoke(SERVICE, 'DestroySystem', gone)).value).toBe(0);
    expect(items(await report(windows, order))).toHaveLength(2);
    await rename(definition.replace('.vmcx', '.vmrs'), `${definition}.elsewhere`);
    await cim.invoke(SERVICE, 'DestroySystem', gone);
    expect(code(await windows.fails('Compare-VM', order, { host: 'hv-b' }))).toBe('0x80070002');
    // At the source the VM itself is in the way.
    const here = join(windows.dir, 'hosts/hv-a/more-disks/export/sql01/Virtual Machines');
    const own = { Path: join(here, basename(definition)), Register: true };
    expect(code(await windows.fails('Compare-VM', own))).toBe('0x80070050');
  });

  it('is copied to where it is asked to be, with the same Id', async () => {
    await using windows = await bench();
    const definition = await carried(windows);
    const folder = join(windows.dir, 'hosts', 'hv-b', 'disks', 'sql01');
    const order = { Path: definition, Copy: true, VirtualMachinePath: folder };
    const found = await report(windows, { ...order, VhdDestinationPath: join(folder, 'disks') });
    await repointed(windows, found);
    const given = { CompatibilityReport: { $type: found.$type, $id: found.$id } };
    const vm = await windows.one('Import-VM', given, { host: 'hv-b' });
    expect(vm).toMatchObject({ Id: VM_ID, ConfigurationLocation: folder });
    expect(await chainOf(windows, 'hv-b')).toEqual([join(folder, 'disks', 'sql01.vhdx')]);
    const kept = join(folder, 'Virtual Machines', basename(definition));
    expect([existsSync(kept), existsSync(definition)]).toEqual([true, true]);
    await windows.ask('Remove-VM', { Name: 'sql01', Force: true }, { host: 'hv-b' });
    expect([existsSync(kept), existsSync(definition)]).toEqual([false, true]);
    expect(existsSync(join(folder, 'disks', 'sql01.vhdx'))).toBe(true);
  });

  it('does not start without its access to a file, which icacls gives it', async () => {
    await using windows = await bench();
    windows.simulator.fault({ kind: 'acl-not-set', host: 'hv-b', times: 1 });
    const { $type, $id } = await imported(windows);
    const host = { host: 'hv-b' };
    await windows.one('Import-VM', { CompatibilityReport: { $type, $id } }, host);
    expect(code(await windows.fails('Start-VM', { Name: 'sql01' }, host))).toBe('0x80070005');
    const disk = (await chainOf(windows, 'hv-b'))[0] ?? '';
    const icacls = async (...args: string[]) => {
      const env = { ...process.env, ...windows.simulator.env('hv-b') };
      return promisify(execFile)(ICACLS, args, { env }).catch((error) => ({ stdout: error.code }));
    };
    expect((await icacls(disk)).stdout).not.toContain('NT VIRTUAL MACHINE');
    const account = `NT VIRTUAL MACHINE\\${VM_ID.toUpperCase()}:(F)`;
    expect((await icacls(join(dirname(disk), 'no.vhdx'), '/grant', account)).stdout).toBe(2);
    const other = `NT VIRTUAL MACHINE\\6F9619FF-8B86-D011-B42D-00C04FC964FF:(F)`;
    // 1332, as far as an exit code goes on Linux.
    expect((await icacls(disk, '/grant', other)).stdout).toBe(1332 % 256);
    const bytes = Buffer.from(VM_ID.replaceAll('-', ''), 'hex');
    const [a, b, c] = [bytes.readUInt32BE(0), bytes.readUInt16BE(4), bytes.readUInt16BE(6)];
    const sid = [a, c * 65_536 + b, bytes.readUInt32LE(8), bytes.readUInt32LE(12)].join('-');
    expect((await icacls(disk, '/grant', `*S-1-5-83-1-${sid}:(F)`)).stdout).toContain('processed');
    expect((await icacls(disk)).stdout).toContain('NT VIRTUAL MACHINE');
    expect((await windows.ask('Start-VM', { Name: 'sql01' }, host)).errors).toEqual([]);
  });
});

describe('a VM whose cutover is begun', () => {
  it('merges nothing after an export without storage until merging is switched on again', async () => {
    await using windows = await bench();
    const cim = cimOf(windows);
    const base = await chainOf(windows);
    const id = await cim.freeze();
    const out = join(windows.dir, 'hosts', 'hv-a', 'more-disks', 'export');
    await exportTo(windows, out);
    expect((await exportTo(windows, out)).job).toMatchObject({
      JobState: 10,
      ErrorDescription: expect.stringContaining('0x80070050'),
    });
    await cim.destroy(id);
    await windows.simulator.mergesEnded(VM_ID);
    expect(mergeEvents(windows)).toEqual([]);
    expect(await chainOf(windows)).toHaveLength(2);
    expect(await windows.one('Get-VM')).toMatchObject({ SecondaryOperationalStatus: null });
    await cim.invoke(SERVICE, 'ModifyDiskMergeSettings', { SettingData: mergeSwitch(1) });
    await windows.simulator.mergesEnded(VM_ID);
    expect(mergeEvents(windows)).toEqual([19070, 19080]);
    expect(await chainOf(windows)).toEqual(base);
  });

  it('stops late, does not start without its leaf, and starts with its host as it is told', async () => {
    await using windows = await bench();
    const { simulator } = windows;
    simulator.fault({ kind: 'stops-late', milliseconds: 200, times: 1 });
    const late = await windows.fails('Stop-VM', { Name: 'sql01' });
    expect(late.category).toBe('OperationTimeout');
    while ((await windows.report()).runningOn.length > 0);
    const [leaf = ''] = await chainOf(windows);
    await rename(leaf, `${leaf}.away`);
    const refused = await windows.fails('Start-VM', { Name: 'sql01' });
    expect(code(refused)).toBe('0x80070002');
    expect(refused.message).toContain(leaf);
    await windows.ask('Set-VM', { Name: 'sql01', AutomaticStartAction: 'Start' });
    expect(await simulator.rebootHost('hv-a')).toMatchObject([
      { vm: 'sql01', error: { message: expect.stringContaining('0x80070002') } },
    ]);
    await rename(`${leaf}.away`, leaf);
    expect(await simulator.rebootHost('hv-a')).toEqual([{ vm: 'sql01' }]);
    await windows.guestWrites();
    await windows.ask('Set-VM', { Name: 'sql01', AutomaticStartAction: 'Nothing' });
    expect(await simulator.rebootHost('hv-a', { inOrder: false })).toEqual([]);
    expect((await windows.report()).runningOn).toEqual([]);
    await windows.ask('Set-VM', { Name: 'sql01', AutomaticStartAction: 'StartIfRunning' });
    expect(await simulator.rebootHost('hv-a')).toEqual([]);
    await windows.ask('Start-VM', { Name: 'sql01' });
    expect(await simulator.rebootHost('hv-a')).toEqual([{ vm: 'sql01' }]);
    expect(await truth(windows)).toEqual(onlyAt('hv-a'));
  });

  it('is of generation 1 as well, and takes automatic checkpoints that go when it is off', async () => {
    await using windows = await bench({ boot: false });
    await windows.simulator.makeGeneration1('sql01');
    await windows.simulator.changeVm('sql01', { automaticCheckpoints: true });
    const drives = (await windows.ask('Get-VMHardDiskDrive', { VMName: 'sql01' })).output;
    expect(drives).toMatchObject([
      { ControllerType: { value: 0 }, ControllerLocation: 0 },
      { ControllerType: { value: 0 }, ControllerLocation: 1 },
    ]);
    await windows.ask('Start-VM', { Name: 'sql01' });
    await windows.guestWrites();
    const [automatic] = (await windows.ask('Get-VMSnapshot', { VMName: 'sql01' })).output;
    expect(automatic).toMatchObject({ IsAutomaticCheckpoint: true, SnapshotType: { value: 0 } });
    await windows.ask('Stop-VM', { Name: 'sql01' });
    await windows.simulator.mergesEnded('sql01');
    expect(await windows.simulator.checkpoints('sql01')).toEqual([]);
    expect(await chainOf(windows)).toHaveLength(1);
  });
});
