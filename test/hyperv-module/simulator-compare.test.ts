/** What the simulated Windows objects to before a move, and moves whose disks stay. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bench, bench, VM_ID } from './simulator-fixture.ts';
import { onlyAt, other, truth, whereIs, withStorage } from './simulator-moves.ts';

describe('Compare-VM of the simulated Windows', () => {
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

  it('compares, and its planned VM is in the way of a move until it is gone', async () => {
    const source = await whereIs(windows);
    const target = other(source);
    windows.simulator.setPace({ plannedMilliseconds: 700 });
    const call = withStorage(windows, target);
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
    const source = await whereIs(windows);
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
    const report = await windows.one('Compare-VM', withStorage(windows, target), { host: source });
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
    expect(await truth(windows)).toEqual(onlyAt('hv-b'));
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
    expect(await truth(windows)).toEqual(onlyAt('hv-b'));
    simulator.releaseMoves();
    expect((await move({ Node: 'hv-a', MigrationType: 'Live' })).errors).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt('hv-a'));
    expect(await windows.one('Get-ClusterGroup', { VMId: VM_ID })).toMatchObject({
      OwnerNode: { Name: 'hv-a' },
    });
  });
});
