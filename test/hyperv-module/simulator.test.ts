/** The simulator by plain HTTP: moves of real disks under a guest that runs, and Windows' unfriendly ways. */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bench, bench, VM_ID } from './simulator-fixture.ts';

const TARGET_GONE = { hosts: ['hv-a'], lost: 0, ranTwice: false };

/** Where the VM is registered and runs, and what it has lost, by looking. */
async function truth(windows: Bench) {
  await windows.guestWrites();
  const { registeredOn, runningOn, lost, ranTwice } = await windows.report();
  expect(runningOn.map(({ host }) => host)).toEqual(registeredOn.map(({ host }) => host));
  return { hosts: registeredOn.map(({ host }) => host), lost, ranTwice };
}

/** Everything below the target's volumes that no VM there owns. */
async function leftAt(windows: Bench, host: string): Promise<string[]> {
  const below = ['disks', 'more-disks'].map((volume) => join(windows.dir, 'hosts', host, volume));
  const entries = await Promise.all(
    below.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })),
  );
  return entries.flat().flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

describe('a live move of the simulated Windows', () => {
  let windows: Bench;
  beforeAll(async () => {
    windows = await bench();
  });
  afterAll(async () => {
    await windows[Symbol.asyncDispose]();
  });
  afterEach(() => {
    windows.simulator.clearFaults();
    windows.simulator.releaseMoves();
  });

  const other = (host: string) => (host === 'hv-a' ? 'hv-b' : 'hv-a');
  const where = async () => (await truth(windows)).hosts[0] ?? '';
  const folder = (host: string) => join(windows.dir, 'hosts', host, 'more-disks', 'moved');
  const storage = (host: string) => ({
    DestinationHost: host,
    IncludeStorage: true,
    DestinationStoragePath: folder(host),
  });
  const vm = async (host: string) => windows.one('Get-VM', { Id: VM_ID }, { host });
  const job = async (host: string) =>
    windows.one('Get-CimInstance', {
      Namespace: 'root\\virtualization\\v2',
      ClassName: 'Msvm_MigrationJob',
      Filter: `VirtualSystemName='${VM_ID}'`,
      ComputerName: host,
    });
  const running = async (host: string) => {
    const jobs = await windows.ask('Get-CimInstance', {
      ClassName: 'Msvm_MigrationJob',
      Filter: 'JobState = 4',
      ComputerName: host,
    });
    return jobs.output[0] as Record<string, unknown>;
  };
  const cancel = (object: Record<string, unknown>, RequestedState = 4) =>
    windows.one('Invoke-CimMethod', {
      InputObject: { $type: object.$type, $id: object.$id },
      MethodName: 'RequestStateChange',
      Arguments: { RequestedState },
    });
  const onlyAt = (host: string) => ({ hosts: [host], lost: 0, ranTwice: false });

  it('takes disks and guest along, loses no record and leaves nothing at the source', async () => {
    const source = await where();
    const target = other(source);
    const { errors, output } = await windows.ask(
      'Move-VM',
      { VM: [{ $type: 'VirtualMachine', $id: VM_ID, ComputerName: source }], ...storage(target) },
      { host: source },
    );
    expect({ errors, output }).toEqual({ errors: [], output: [] });
    expect(await truth(windows)).toEqual(onlyAt(target));
    expect(await leftAt(windows, source)).toEqual([]);
    const { HardDrives, ConfigurationLocation } = await vm(target);
    expect(ConfigurationLocation).toBe(folder(target));
    const [disk] = HardDrives as { Path: string }[];
    expect(disk?.Path).toBe(join(folder(target), 'Virtual Hard Disks', 'sql01.vhdx'));
    expect(windows.simulator.planned).toEqual([]);
    const { JobState, PercentComplete, MigrationType } = await job(source);
    expect({ JobState, PercentComplete, MigrationType }).toEqual({
      JobState: 7,
      PercentComplete: 100,
      MigrationType: 32771,
    });
  });

  it('puts each disk where Vhds says', async () => {
    const source = await where();
    const target = other(source);
    const { HardDrives } = await vm(source);
    const places = (HardDrives as { Path: string }[]).map(({ Path }, index) => ({
      SourceFilePath: Path,
      DestinationFilePath: join(folder(target), `disk ${index}`, Path.split('/').at(-1) ?? ''),
    }));
    const paths = { VirtualMachinePath: folder(target), SnapshotFilePath: folder(target) };
    const call = { Name: 'sql01', DestinationHost: `${target}.lab.example`, ...paths };
    const lacking = await windows.fails(
      'Move-VM',
      { ...call, Vhds: places.slice(1) },
      { host: source },
    );
    expect(lacking.hresult >>> 0).toBe(0x80070057);
    const { errors } = await windows.ask('Move-VM', { ...call, Vhds: places }, { host: source });
    expect(errors).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt(target));
    expect(places.map(({ DestinationFilePath }) => existsSync(DestinationFilePath))).toEqual([
      true,
      true,
    ]);
  });

  it.each([10, 60])('is cancelled at %i % and leaves the VM where it was', async (percent) => {
    const source = await where();
    const target = other(source);
    windows.simulator.holdMoves(percent);
    const move = windows.ask('Move-VM', { Name: 'sql01', ...storage(target) }, { host: source });
    await windows.simulator.held('sql01', percent);
    const object = await running(source);
    expect(object).toMatchObject({ PercentComplete: percent, Cancellable: true, JobState: 4 });
    expect(await cancel(object, 5)).toMatchObject({ ReturnValue: 32770 });
    expect(await cancel(object)).toMatchObject({ ReturnValue: 0 });
    expect((await move).errors[0]?.hresult).toBe(0x800704c7 | 0);
    expect(await job(source)).toMatchObject({ $id: expect.any(String) });
    expect(windows.simulator.moves.at(-1)?.state).toBe(8);
    expect(await truth(windows)).toEqual(onlyAt(source));
    expect(await leftAt(windows, target)).toEqual([]);
    expect(windows.simulator.planned).toEqual([]);
  });

  it('cannot be cancelled at 95 %', async () => {
    const source = await where();
    const target = other(source);
    windows.simulator.holdMoves(95);
    const move = windows.ask('Move-VM', { Name: 'sql01', ...storage(target) }, { host: source });
    await windows.simulator.held('sql01', 95);
    const object = await running(source);
    expect(object).toMatchObject({ PercentComplete: 95, Cancellable: false });
    expect(await cancel(object)).toMatchObject({ ReturnValue: 32775 });
    windows.simulator.releaseMoves();
    expect((await move).errors).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt(target));
  });

  it.each([40, 97, 99])(
    'fails at %i % and gives the VM back with all its records',
    async (percent) => {
      const source = await where();
      const target = other(source);
      windows.simulator.fault({ kind: 'move-fails', percent, hresult: 0x80072746 });
      const error = await windows.fails(
        'Move-VM',
        { Name: 'sql01', ...storage(target) },
        { host: source },
      );
      expect(error.hresult >>> 0).toBe(0x80072746);
      expect(await truth(windows)).toEqual(onlyAt(source));
      expect(await leftAt(windows, target)).toEqual([]);
    },
  );

  it('says Completed without having moved anything', async () => {
    const source = await where();
    windows.simulator.fault({ kind: 'completed-without-move', times: 1 });
    const { errors } = await windows.ask(
      'Move-VM',
      { Name: 'sql01', ...storage(other(source)) },
      { host: source },
    );
    expect(errors).toEqual([]);
    expect(windows.simulator.moves.at(-1)).toMatchObject({ state: 7, percent: 100 });
    expect(await truth(windows)).toEqual(onlyAt(source));
    expect(await leftAt(windows, other(source))).toEqual([]);
  });

  it('leaves a planned VM that stops the next move until it is destroyed', async () => {
    const source = await where();
    const target = other(source);
    windows.simulator.fault({ kind: 'planned-vm-left', times: 1 });
    windows.simulator.fault({ kind: 'move-fails', percent: 20, times: 1 });
    const call = { Name: 'sql01', ...storage(target) };
    await windows.fails('Move-VM', call, { host: source });
    const next = await windows.fails('Move-VM', call, { host: source });
    expect(next.hresult >>> 0).toBe(0x80070050);
    const planned = await windows.one('Get-CimInstance', {
      ClassName: 'Msvm_PlannedComputerSystem',
      ComputerName: target,
    });
    expect(planned.Name).toBe(VM_ID.toUpperCase());
    const service = await windows.one('Get-CimInstance', {
      ClassName: 'Msvm_VirtualSystemManagementService',
      ComputerName: target,
    });
    const destroyed = await windows.one('Invoke-CimMethod', {
      InputObject: service,
      MethodName: 'DestroySystem',
      Arguments: { AffectedSystem: { $type: planned.$type, $id: planned.$id } },
    });
    expect(destroyed.ReturnValue).toBe(0);
    expect((await windows.ask('Move-VM', call, { host: source })).errors).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt(target));
  });

  it('goes on when whoever asked for it dies, and a later asker finds its job', async () => {
    const source = await where();
    windows.simulator.holdMoves(50);
    const caller = new AbortController();
    const body = {
      host: source,
      cmdlet: 'Move-VM',
      parameters: { Name: 'sql01', ...storage(other(source)) },
    };
    const call = fetch(`${windows.simulator.url}/cmdlet`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: caller.signal,
    }).catch(() => undefined);
    await windows.simulator.held('sql01', 50);
    caller.abort();
    await call;
    expect(await running(source)).toMatchObject({ PercentComplete: 50 });
    windows.simulator.releaseMoves();
    await windows.simulator.moves.at(-1)?.over;
    expect(await truth(windows)).toEqual(onlyAt(other(source)));
  });

  it('drops its job object at once, or shows the planned VM, where a test wants it', async () => {
    const source = await where();
    const target = other(source);
    windows.simulator.fault({ kind: 'job-gone' });
    windows.simulator.fault({ kind: 'shows-planned' });
    windows.simulator.holdMoves(30);
    const move = windows.ask('Move-VM', { Name: 'sql01', ...storage(target) }, { host: source });
    const { instanceId } = await windows.simulator.held('sql01', 30);
    expect(await vm(target)).toMatchObject({
      VirtualMachineType: { $enum: 'VirtualMachineType', value: 4 },
    });
    windows.simulator.releaseMoves();
    await move;
    const { output } = await windows.ask('Get-CimInstance', {
      ClassName: 'Msvm_MigrationJob',
      Filter: `InstanceID = '${instanceId}'`,
      ComputerName: source,
    });
    expect(output).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt(target));
  });

  it('keeps to the simultaneous moves that a host allows', async () => {
    const source = await where();
    const { migration } = {
      migration: {
        enabled: true,
        authentication: 'Kerberos',
        performance: 'SMB',
        movesMax: 2,
        storageMovesMax: 2,
        useAnyNetwork: true,
        networks: [],
      },
    } as const;
    await windows.simulator.changeHost(source, { migration, otherMoves: 2 });
    const error = await windows.fails(
      'Move-VM',
      { Name: 'sql01', ...storage(other(source)) },
      { host: source },
    );
    expect(error.message).toContain('21501');
    await windows.simulator.changeHost(source, { otherMoves: 0 });
    expect(await truth(windows)).toEqual(onlyAt(source));
  });

  it('loses no setting of an adapter unless told to', async () => {
    const source = await where();
    const acl = {
      VMName: 'sql01',
      Action: 'Allow',
      Direction: 'Inbound',
      LocalPort: '1433',
      Weight: 10,
    };
    await windows.ask('Add-VMNetworkAdapterExtendedAcl', acl, { host: source });
    await windows.ask(
      'Set-VMNetworkAdapterVlan',
      { VMName: 'sql01', Access: true, VlanId: 42 },
      { host: source },
    );
    await windows.ask('Move-VM', { Name: 'sql01', ...storage(other(source)) }, { host: source });
    const target = await where();
    const kept = await windows.one(
      'Get-VMNetworkAdapterVlan',
      { VMName: 'sql01' },
      { host: target },
    );
    expect(kept).toMatchObject({ AccessVlanId: 42, OperationMode: { value: 1 } });
    windows.simulator.fault({ kind: 'loses-adapter-settings' });
    await windows.ask('Move-VM', { Name: 'sql01', ...storage(source) }, { host: target });
    const lost = await windows.ask(
      'Get-VMNetworkAdapterExtendedAcl',
      { VMName: 'sql01' },
      { host: source },
    );
    expect(lost).toMatchObject({ output: [], errors: [] });
  });

  it('compares, and its planned VM is in the way of a move until it is gone', async () => {
    const source = await where();
    const target = other(source);
    windows.simulator.setPace({ plannedMilliseconds: 700 });
    const call = { Name: 'sql01', ...storage(target) };
    const report = await windows.one('Compare-VM', call, { host: source });
    expect(report).toMatchObject({
      $type: 'VMCompatibilityReport',
      OperationType: { $enum: 'OperationType', value: 2 },
      Incompatibilities: [],
    });
    const collision = await windows.fails('Move-VM', call, { host: source });
    expect(collision.hresult >>> 0).toBe(0x80070050);
    while (windows.simulator.planned.length > 0) await windows.guestWrites();
    windows.simulator.setPace({ plannedMilliseconds: 1 });
    expect((await windows.ask('Move-VM', call, { host: source })).errors).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt(target));
  });

  it('objects to switch, medium, processor and version, in the words of the host', async () => {
    const source = await where();
    const target = other(source);
    const dvdDrives = [
      { controller: 0, location: 7, media: 'ISO', path: 'C:\\iso\\tools.iso' },
    ] as const;
    await windows.simulator.changeVm('sql01', { dvdDrives, version: '12.0' });
    const processor = {
      manufacturer: 'AuthenticAMD',
      name: 'EPYC',
      family: 1,
      revision: 1,
      features: [],
    };
    const before = windows.simulator;
    await before.changeHost(target, { processor });
    await before.setLanguage(source, 'it-IT');
    const report = await windows.one(
      'Compare-VM',
      { Name: 'sql01', ...storage(target) },
      { host: source },
    );
    const items = report.Incompatibilities as {
      MessageId: number;
      Message: string;
      Source: { $type: string };
    }[];
    expect(items.map(({ MessageId, Source }) => [MessageId, Source.$type])).toEqual([
      [40010, 'DvdDrive'],
      [24004, 'VMProcessor'],
      [24006, 'VirtualMachine'],
    ]);
    expect(items[1]?.Message).toContain('funzionalità specifiche del processore');
    await before.setLanguage(source, 'en-US');
    await windows.ask(
      'Set-VMDvdDrive',
      { VMName: 'sql01', ControllerNumber: 0, ControllerLocation: 7, Path: '' },
      { host: source },
    );
    const drive = await windows.one('Get-VMDvdDrive', { VMName: 'sql01' }, { host: source });
    expect(drive).toMatchObject({ DvdMediaType: { value: 0 }, Path: null });
  });
});

describe('a live move whose disks stay', () => {
  it('moves memory alone on a share, and the role of a cluster', async () => {
    await using windows = await bench();
    const { simulator } = windows;
    const local = await windows.one('Compare-VM', { Name: 'sql01', DestinationHost: 'hv-b' });
    expect(local.Incompatibilities).toMatchObject([{ MessageId: 40010 }, { MessageId: 40010 }]);
    while (simulator.planned.length > 0) await windows.guestWrites();

    await simulator.addShare('\\\\files\\vms', ['hv-a', 'hv-b']);
    await simulator.putOn('sql01', '\\\\files\\vms');
    await windows.guestWrites();
    const drive = await windows.one('Get-VMHardDiskDrive', { VMName: 'sql01' });
    expect(drive.Path).toBe('\\\\files\\vms\\sql01\\sql01.vhdx');
    expect(await windows.one('Get-VHD', { Path: drive.Path })).toMatchObject({
      Size: 64 * 1024 * 1024,
      VhdType: { value: 3 },
    });
    const { errors } = await windows.ask('Move-VM', { Name: 'sql01', DestinationHost: 'hv-b' });
    expect(errors).toEqual([]);
    expect(await truth(windows)).toEqual({ ...TARGET_GONE, hosts: ['hv-b'] });
    expect(simulator.moves.at(-1)?.request.way).toBe('memory');

    await simulator.makeCluster('cl1', ['sql01']);
    await windows.guestWrites();
    const move = (parameters: object) =>
      windows.ask('Move-ClusterVirtualMachineRole', { VMId: VM_ID, ...parameters });
    expect(
      (await windows.fails('Move-VM', { Name: 'sql01', DestinationHost: 'hv-a' }, { host: 'hv-b' }))
        .message,
    ).toContain('clustered');
    await simulator.setPossibleOwners('sql01', ['hv-b']);
    const owner = await move({ Node: 'hv-a', MigrationType: 'Live' });
    expect((owner.errors[0]?.hresult ?? 0) >>> 0).toBe(0x80071398);
    await simulator.setPossibleOwners('sql01', ['hv-a', 'hv-b']);

    simulator.holdMoves(60);
    const begun = await move({ Node: 'hv-a', MigrationType: 'Live', Wait: 0 });
    expect(begun.output).toMatchObject([{ OwnerNode: { Name: 'hv-b' } }]);
    await simulator.held('sql01', 60);
    const resource = await windows.one('Get-ClusterResource', { VMId: VM_ID });
    const state = await windows.one('Get-ClusterParameter', {
      InputObject: { $type: resource.$type, $id: resource.$id },
      Name: 'MigrationState',
    });
    expect(state.Value).toBe(2);
    expect((await move({ Cancel: true })).errors).toEqual([]);
    await simulator.moves.at(-1)?.over;
    expect(await truth(windows)).toEqual({ ...TARGET_GONE, hosts: ['hv-b'] });
    simulator.releaseMoves();
    expect((await move({ Node: 'hv-a', MigrationType: 'Live' })).errors).toEqual([]);
    expect(await truth(windows)).toEqual(TARGET_GONE);
    expect(await windows.one('Get-ClusterGroup', { VMId: VM_ID })).toMatchObject({
      OwnerNode: { Name: 'hv-a' },
    });
  });
});
