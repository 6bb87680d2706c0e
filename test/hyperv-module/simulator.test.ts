/** Live moves of the simulated Windows: real disks under a guest that runs, by plain HTTP. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bench, bench, VM_ID } from './simulator-fixture.ts';
import {
  filesAt,
  folderAt,
  onlyAt,
  other,
  requestState,
  runningJob,
  truth,
  vmAt,
  whereIs,
  withStorage,
} from './simulator-moves.ts';

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

  it('takes disks and guest along, loses no record and leaves nothing at the source', async () => {
    const source = await whereIs(windows);
    const target = other(source);
    const { errors, output } = await windows.ask(
      'Move-VM',
      {
        VM: [{ $type: 'VirtualMachine', $id: VM_ID, ComputerName: source }],
        ...withStorage(windows, target),
        Name: undefined,
      },
      { host: source },
    );
    expect({ errors, output }).toEqual({ errors: [], output: [] });
    expect(await truth(windows)).toEqual(onlyAt(target));
    expect(await filesAt(windows, source)).toEqual([]);
    const { HardDrives, ConfigurationLocation } = await vmAt(windows, target);
    expect(ConfigurationLocation).toBe(folderAt(windows, target));
    const [disk] = HardDrives as { Path: string }[];
    expect(disk?.Path).toBe(join(folderAt(windows, target), 'Virtual Hard Disks', 'sql01.vhdx'));
    expect(windows.simulator.planned).toEqual([]);
    const job = { ClassName: 'Msvm_MigrationJob', ComputerName: source };
    expect(await windows.one('Get-CimInstance', job)).toMatchObject({
      JobState: 7,
      PercentComplete: 100,
      MigrationType: 32771,
    });
  });

  it('puts each disk where Vhds says', async () => {
    const source = await whereIs(windows);
    const target = other(source);
    const { HardDrives } = await vmAt(windows, source);
    const places = (HardDrives as { Path: string }[]).map(({ Path }, index) => ({
      SourceFilePath: Path,
      DestinationFilePath: join(
        folderAt(windows, target),
        `disk ${index}`,
        Path.split('/').at(-1) ?? '',
      ),
    }));
    const paths = {
      VirtualMachinePath: folderAt(windows, target),
      SnapshotFilePath: folderAt(windows, target),
    };
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
    const source = await whereIs(windows);
    const target = other(source);
    windows.simulator.holdMoves(percent);
    const move = windows.ask('Move-VM', withStorage(windows, target), { host: source });
    await windows.simulator.held('sql01', percent);
    const object = await runningJob(windows, source);
    expect(object).toMatchObject({ PercentComplete: percent, Cancellable: true, JobState: 4 });
    expect(await requestState(windows, object, 5)).toMatchObject({ ReturnValue: 32770 });
    expect(await requestState(windows, object)).toMatchObject({ ReturnValue: 0 });
    expect((await move).errors[0]?.hresult).toBe(0x800704c7 | 0);
    expect(windows.simulator.moves.at(-1)?.state).toBe(8);
    expect(await truth(windows)).toEqual(onlyAt(source));
    expect(await filesAt(windows, target)).toEqual([]);
    expect(windows.simulator.planned).toEqual([]);
  });

  it('cannot be cancelled at 95 %', async () => {
    const source = await whereIs(windows);
    const target = other(source);
    windows.simulator.holdMoves(95);
    const move = windows.ask('Move-VM', withStorage(windows, target), { host: source });
    await windows.simulator.held('sql01', 95);
    const object = await runningJob(windows, source);
    expect(object).toMatchObject({ PercentComplete: 95, Cancellable: false });
    expect(await requestState(windows, object)).toMatchObject({ ReturnValue: 32775 });
    windows.simulator.releaseMoves();
    expect((await move).errors).toEqual([]);
    expect(await truth(windows)).toEqual(onlyAt(target));
  });

  it.each([40, 97, 99])(
    'fails at %i % and gives the VM back with all its records',
    async (percent) => {
      const source = await whereIs(windows);
      const target = other(source);
      windows.simulator.fault({ kind: 'move-fails', percent, hresult: 0x80072746 });
      const error = await windows.fails('Move-VM', withStorage(windows, target), { host: source });
      expect(error.hresult >>> 0).toBe(0x80072746);
      expect(await truth(windows)).toEqual(onlyAt(source));
      expect(await filesAt(windows, target)).toEqual([]);
    },
  );
});
