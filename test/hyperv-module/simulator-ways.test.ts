/** What the simulator answers beside moves: inventory on every release, and Windows' unfriendly ways. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handledCmdlets } from './simulator/dispatch.ts';
import { PROFILES, type ProfileName } from './simulator/profiles.ts';
import { type Simulator, startSimulator } from './simulator/simulator.ts';
import { type Bench, bench, VM_ID } from './simulator-fixture.ts';

/** Cmdlets that need a parameter of their own, beside `-VMName`. */
const PARAMETERS: Readonly<Record<string, object>> = {
  'Get-CimInstance': { ClassName: 'Win32_OperatingSystem' },
  'Get-ADComputer': { Identity: 'HV-A$' },
  'Get-VM': { Name: 'sql*' },
  'Get-NetFirewallRule': { Group: '@FirewallAPI.dll,-28502' },
  'Get-VMSan': {},
  'Get-CimAssociatedInstance': {
    InputObject: {
      $type: 'Msvm_ComputerSystem',
      $id: JSON.stringify(['hv-a', 'Msvm_ComputerSystem', VM_ID]),
    },
  },
};
const CIM_CLASSES = [
  'Win32_ComputerSystem',
  'Win32_OperatingSystem',
  'Win32_Processor',
  'Win32_DeviceGuard',
  'Win32_Service',
  'Win32_Volume',
  'Msvm_MigrationJob',
  'Msvm_PlannedComputerSystem',
  'Msvm_ComputerSystem',
  'Msvm_VirtualSystemManagementService',
  'Msvm_VirtualSystemMigrationService',
  'Msvm_VirtualSystemMigrationServiceSettingData',
  'Msvm_VirtualSystemSnapshotService',
  'Msvm_VirtualSystemSettingData',
  'Msvm_VirtualSystemExportSettingData',
  'Msvm_DiskMergeSettingData',
  'Msvm_StorageAllocationSettingData',
  'Msvm_ConcreteJob',
];
/** Right answers of a host that has none of it. */
const EMPTY = ['Get-VMNetworkAdapterAcl', 'Get-VMSnapshot'];
/** Of something that the fixture has not. */
const ABSENT = /^Get-Cluster|^Get-VMReplication$|^Get-VHD$|^Get-Smb|^Get-WinEvent$/;

/** A host with one of everything: a simulator of another release begins with a host of its own. */
const furnish = (simulator: Simulator): Promise<void> =>
  simulator.changeHost('hv-a', {
    sans: ['Production'],
    guardians: ['AB12'],
    partitionableGpus: ['\\\\?\\PCI#VEN_10DE'],
    domain: { joined: true, name: 'lab.example', trusted: ['other.example'] },
  });

/** A VM with one of everything, so that every answer has content. */
async function furnished(windows: Bench): Promise<void> {
  await windows.simulator.changeVm('sql01', {
    dvdDrives: [{ controller: 0, location: 7, media: 'ISO', path: 'C:\\iso\\tools.iso' }],
    sans: ['Production'],
    assignedDevices: ['PCIROOT(20)#PCI(0300)'],
    gpuPartitions: [{ canLeave: true }],
    security: { tpm: true, shielded: false, guardians: ['AB12'] },
  });
  const acl = { VMName: 'sql01', Action: 'Allow', Direction: 'Inbound', Weight: 1 };
  await windows.ask('Add-VMNetworkAdapterExtendedAcl', acl);
  await windows.ask('Set-VMNetworkAdapter', { VMName: 'sql01', MaximumBandwidth: 1_000_000 });
}

/** `VirtualMachine.Version` and all others of what Windows answers. */
const propertiesIn = (output: readonly unknown[]): string[] =>
  (output as { $type?: string }[]).flatMap((one) =>
    Object.keys(one).map((name) => `${one.$type}.${name}`),
  );

describe('the inventory of the simulated Windows', () => {
  let windows: Bench;
  beforeAll(async () => {
    windows = await bench({ boot: false });
    await furnished(windows);
  });
  afterAll(async () => {
    await windows[Symbol.asyncDispose]();
  });

  const readers = handledCmdlets().filter((name) => name.startsWith('Get-') && !ABSENT.test(name));

  it.each(Object.keys(PROFILES) as ProfileName[])(
    'answers every question on %s with what that release has',
    async (profile) => {
      await using older = await startSimulator({
        directory: windows.dir,
        hosts: [{ name: 'hv-a', profile }],
      });
      await furnish(older);
      const lacked = new Set(older.lacks('hv-a'));
      const empty: string[] = [];
      for (const cmdlet of readers) {
        const parameters = PARAMETERS[cmdlet] ?? { VMName: 'sql01' };
        const { output, errors } = await windows.askAt(older.url, { cmdlet, parameters });
        if (lacked.has(cmdlet))
          expect([cmdlet, errors[0]?.errorId]).toEqual([
            cmdlet,
            `NotSupported,${errors[0]?.errorId.split(',')[1]}`,
          ]);
        else expect([cmdlet, errors]).toEqual([cmdlet, []]);
        expect(propertiesIn(output).filter((name) => lacked.has(name))).toEqual([]);
        if (output.length === 0 && errors.length === 0) empty.push(cmdlet);
      }
      expect(empty).toEqual(EMPTY);
      // Each lack that a question can run into was run into.
      const askable = [...lacked].filter((lack) => readers.includes(lack));
      expect(older.lacksMet('hv-a')).toEqual(askable.toSorted());
    },
  );

  it.each(CIM_CLASSES)('knows the CIM class %s', async (ClassName) => {
    expect((await windows.ask('Get-CimInstance', { ClassName })).errors).toEqual([]);
  });

  it('shows the VM, its disks and its adapters as Windows does', async () => {
    const vm = await windows.one('Get-VM', { Id: VM_ID.toUpperCase() });
    expect(vm).toMatchObject({
      $type: 'VirtualMachine',
      $id: VM_ID,
      Name: 'sql01',
      State: { $enum: 'VMState', value: 3 },
      Version: '10.0',
      AutomaticStartAction: { $enum: 'StartAction', value: 3 },
      IsClustered: false,
    });
    const drive = await windows.one('Get-VMHardDiskDrive', { VM: [vm], ControllerLocation: 1 });
    expect(drive).toMatchObject({ ControllerType: { value: 1 }, DiskNumber: null });
    const disk = await windows.one('Get-VHD', { Path: drive.Path });
    expect(disk).toMatchObject({ Size: 48 * 1024 * 1024, VhdFormat: { value: 3 }, ParentPath: '' });
    expect(await windows.one('Get-VMNetworkAdapter', { VMName: 'sql01' })).toMatchObject({
      SwitchName: 'LAN',
      Connected: true,
      BandwidthSetting: { MaximumBandwidth: 1_000_000 },
      ExtendedAclList: [{ Weight: 1 }],
    });
  });

  it('finds names with brackets and wildcards as PowerShell does', async () => {
    await windows.ask('Set-VM', { Name: 'sql01', NewVMName: "sql [1] 'x' $y" });
    expect(await windows.one('Get-VM', { Name: "sql `[1`] 'x' $y" })).toMatchObject({ Id: VM_ID });
    expect((await windows.ask('Get-VM', { Name: 'sql [2]*' })).output).toEqual([]);
    await windows.ask('Set-VM', { Name: 'sql*', NewVMName: 'sql01' });
    const missing = await windows.ask('Get-VM', { Name: ['sql01', 'nobody'] });
    expect(missing).toMatchObject({
      output: [{ Name: 'sql01' }],
      errors: [{ terminating: false, category: 'InvalidArgument', target: 'nobody' }],
    });
  });

  it('speaks Italian where the host does, with the same ids', async () => {
    const names = async () =>
      (await windows.ask('Get-VMIntegrationService', { VMName: 'sql01' })).output as {
        Id: string;
        Name: string;
      }[];
    const english = await names();
    await windows.simulator.setLanguage('hv-a', 'it-IT');
    const italian = await names();
    const { message } = await windows.fails('Get-VM', { Name: 'nobody' });
    await windows.simulator.setLanguage('hv-a', 'en-US');
    expect(italian.map(({ Id }) => Id)).toEqual(english.map(({ Id }) => Id));
    expect(italian.map(({ Name }) => Name)).not.toEqual(english.map(({ Name }) => Name));
    expect(message).toContain('macchina virtuale');
  });

  it('asks another host for what -ComputerName says, and says so when nobody reaches it', async () => {
    const there = { ComputerName: 'hv-b.lab.example' };
    expect(await windows.one('Get-VMHost', there)).toMatchObject({ Name: 'HV-B' });
    const session = await windows.one('New-CimSession', there);
    const system = { ClassName: 'Win32_ComputerSystem', CimSession: [session] };
    expect(await windows.one('Get-CimInstance', system)).toMatchObject({ Name: 'HV-B' });
    await windows.simulator.changeHost('hv-b', { unreachable: true });
    expect((await windows.fails('Get-VMHost', there)).hresult >>> 0).toBe(0x8007274c);
    await windows.simulator.changeHost('hv-b', { unreachable: false });
    expect((await windows.fails('Get-VMHost', { ComputerName: 'hv-z' })).message).toContain('hv-z');
  });

  it('listens for migrations only while they are enabled', async () => {
    const port = { ComputerName: '10.0.9.12', Port: 6600, InformationLevel: 'Quiet' };
    const open = async () => (await windows.ask('Test-NetConnection', port)).output;
    expect(await open()).toEqual([true]);
    await windows.ask('Disable-VMMigration', { ComputerName: 'hv-b' });
    expect(await open()).toEqual([false]);
    const move = { Name: 'sql01', DestinationHost: 'hv-b' };
    expect((await windows.fails('Compare-VM', move)).hresult >>> 0).toBe(0x8007274d);
    await windows.ask('Enable-VMMigration', { ComputerName: 'hv-b' });
    await windows.simulator.changeHost('hv-a', {
      delegation: { allowedTo: [], anyProtocol: true },
    });
    expect((await windows.fails('Compare-VM', move)).hresult >>> 0).toBe(0x8009030e);
  });

  it('hangs, fails, and fails without ending, as it is told', async () => {
    const { simulator } = windows;
    simulator.fault({ kind: 'hang', cmdlet: 'Get-VM', times: 1 });
    expect(await windows.ask('Get-VM')).toMatchObject({ hang: true, output: [] });
    simulator.fault({ kind: 'hang', cmdlet: 'Set-VM', acts: true, times: 1 });
    await windows.ask('Set-VM', { Name: 'sql01', Notes: 'kept' });
    expect(await windows.one('Get-VM')).toMatchObject({ Notes: 'kept' });
    simulator.fault({
      kind: 'error',
      cmdlet: 'Set-VM',
      terminating: false,
      message: 'No.',
      times: 1,
    });
    const { errors } = await windows.ask('Set-VM', { Name: 'sql01', Notes: 'lost' });
    expect(errors).toMatchObject([{ terminating: false, message: 'No.' }]);
    expect(await windows.one('Get-VM')).toMatchObject({ Notes: 'kept' });
    await fetch(`${simulator.url}/control`, {
      method: 'POST',
      body: JSON.stringify({
        order: 'fault',
        fault: { kind: 'error', cmdlet: 'Get-VMHost', hresult: 0x80070005 },
      }),
    });
    expect((await windows.fails('Get-VMHost')).hresult >>> 0).toBe(0x80070005);
    simulator.clearFaults();
  });

  it('refuses what no cmdlet is', async () => {
    await expect(windows.ask('Get-VMHeart')).rejects.toThrow('has no Get-VMHeart');
  });

  it('remembers what was asked', async () => {
    await windows.ask('Get-VMSwitch', { Name: 'LAN' });
    expect(windows.simulator.calls.at(-1)).toMatchObject({
      host: 'hv-a',
      cmdlet: 'Get-VMSwitch',
      parameters: { Name: 'LAN' },
    });
  });
});
