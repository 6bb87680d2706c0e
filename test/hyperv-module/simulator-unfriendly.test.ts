/** The unfriendly ways of the simulated Windows around a live move. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bench, bench, VM_ID } from './simulator-fixture.ts';
import {
  filesAt,
  onlyAt,
  other,
  runningJob,
  truth,
  vmAt,
  whereIs,
  withStorage,
} from './simulator-moves.ts';

describe('an unfriendly Windows', () => {
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

  it('says Completed without having moved anything', async () => {
    const source = await whereIs(windows);
    windows.simulator.fault({ kind: 'completed-without-move', times: 1 });
    const { errors } = await windows.ask('Move-VM', withStorage(windows, other(source)), {
      host: source,
    });
    expect(errors).toEqual([]);
    expect(windows.simulator.moves.at(-1)).toMatchObject({ state: 7, percent: 100 });
    expect(await truth(windows)).toEqual(onlyAt(source));
    expect(await filesAt(windows, other(source))).toEqual([]);
  });

  it('leaves a planned VM that stops the next move until it is destroyed', async () => {
    const source = await whereIs(windows);
    const target = other(source);
    windows.simulator.fault({ kind: 'planned-vm-left', times: 1 });
    windows.simulator.fault({ kind: 'move-fails', percent: 20, times: 1 });
    const call = withStorage(windows, target);
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
    const source = await whereIs(windows);
    windows.simulator.holdMoves(50);
    const caller = new AbortController();
    const body = {
      host: source,
      cmdlet: 'Move-VM',
      parameters: withStorage(windows, other(source)),
    };
    const call = fetch(`${windows.simulator.url}/cmdlet`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: caller.signal,
    }).catch(() => undefined);
    await windows.simulator.held('sql01', 50);
    caller.abort();
    await call;
    expect(await runningJob(windows, source)).toMatchObject({ PercentComplete: 50 });
    windows.simulator.releaseMoves();
    await windows.simulator.moves.at(-1)?.over;
    expect(await truth(windows)).toEqual(onlyAt(other(source)));
  });

  it('drops its job object at once, or shows the planned VM, where a test wants it', async () => {
    const source = await whereIs(windows);
    const target = other(source);
    windows.simulator.fault({ kind: 'job-gone' });
    windows.simulator.fault({ kind: 'shows-planned' });
    windows.simulator.holdMoves(30);
    const move = windows.ask('Move-VM', withStorage(windows, target), { host: source });
    const { instanceId } = await windows.simulator.held('sql01', 30);
    expect(await vmAt(windows, target)).toMatchObject({
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
    const source = await whereIs(windows);
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
    const error = await windows.fails('Move-VM', withStorage(windows, other(source)), {
      host: source,
    });
    expect(error.message).toContain('21501');
    await windows.simulator.changeHost(source, { otherMoves: 0 });
    expect(await truth(windows)).toEqual(onlyAt(source));
  });

  it('loses no setting of an adapter unless told to', async () => {
    const source = await whereIs(windows);
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
    await windows.ask('Move-VM', withStorage(windows, other(source)), { host: source });
    const target = await whereIs(windows);
    const kept = await windows.one(
      'Get-VMNetworkAdapterVlan',
      { VMName: 'sql01' },
      { host: target },
    );
    expect(kept).toMatchObject({ AccessVlanId: 42, OperationMode: { value: 1 } });
    windows.simulator.fault({ kind: 'loses-adapter-settings' });
    await windows.ask('Move-VM', withStorage(windows, source), { host: target });
    const lost = await windows.ask(
      'Get-VMNetworkAdapterExtendedAcl',
      { VMName: 'sql01' },
      { host: source },
    );
    expect(lost).toMatchObject({ output: [], errors: [] });
  });
});
