/** Recovery checkpoints and their merges on the simulated Windows: real chains under a guest that runs. */

import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SIGNS } from './simulator/checkpoints/signs.ts';
import { type Bench, bench, VM_ID } from './simulator-fixture.ts';
import { onlyAt, truth } from './simulator-moves.ts';
import {
  type Cim,
  CRASH_CONSISTENT,
  chainOf,
  cimOf,
  embedded,
  mergeEvents,
  reference,
} from './stream-fixture.ts';

const STARTED = 19070;
const FINISHED = 19080;
const FAILED = 19100;

describe('rounds on recovery checkpoints', () => {
  let windows: Bench;
  let cim: Cim;
  beforeAll(async () => {
    windows = await bench();
    cim = cimOf(windows);
  });
  afterAll(async () => {
    await windows[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    const { simulator } = windows;
    simulator.clearFaults();
    simulator.releaseMerges();
    await simulator.releaseSigns();
    for (const { id } of await simulator.checkpoints(VM_ID))
      await simulator.personDeletesCheckpoint(VM_ID, id);
    await simulator.mergesEnded(VM_ID);
  });
  const eventsSince = async (act: () => Promise<unknown>): Promise<number[]> => {
    const before = mergeEvents(windows).length;
    await act();
    return mergeEvents(windows).slice(before);
  };
  const secondary = async () =>
    (await windows.one('Get-VM', { Id: VM_ID })).SecondaryOperationalStatus;

  it('freezes all disks at once, and merges the older of two while the guest goes on', async () => {
    const base = await chainOf(windows);
    const first = await cim.freeze();
    await windows.guestWrites();
    const second = await cim.freeze();
    expect(await chainOf(windows)).toHaveLength(3);
    expect(await chainOf(windows, 'hv-a', 1)).toHaveLength(3);
    const shown = (
      await windows.ask('Get-VMSnapshot', { VMName: 'sql01', SnapshotType: 'Recovery' })
    ).output as { Id: string; Name: string; HardDrives: { Path: string }[] }[];
    expect(shown.map(({ Id }) => Id)).toEqual([first, second]);
    expect(shown[0]?.HardDrives[0]?.Path).toBe(base[0]);
    expect(shown[0]?.Name).toMatch(/^sql01 - Backup - \(/);
    const middle = (await chainOf(windows))[1] ?? '';
    const events = await eventsSince(async () => {
      expect((await cim.destroy(first)).job).toMatchObject({ JobState: 7 });
      await windows.simulator.mergesEnded(VM_ID);
    });
    expect(events).toEqual([STARTED, FINISHED]);
    expect(existsSync(middle)).toBe(false);
    expect(await chainOf(windows)).toEqual([expect.any(String), base[0]]);
    expect((await windows.fails('Get-VMSnapshot', { Id: first })).category).toBe('InvalidArgument');
    expect(await secondary()).toBe(null);
    await cim.destroy(second);
    await windows.simulator.mergesEnded(VM_ID);
    expect(await chainOf(windows)).toEqual(base);
    expect(await truth(windows)).toEqual(onlyAt('hv-a'));
  });

  it('merges in the background: removed is not merged', async () => {
    const base = await chainOf(windows);
    const id = await cim.freeze();
    windows.simulator.holdMerges();
    await cim.destroy(id);
    expect(await windows.simulator.checkpoints(VM_ID)).toEqual([]);
    expect(await secondary()).toMatchObject({ value: 32_772 });
    expect(await chainOf(windows)).toHaveLength(2);
    const system = await cim.one('Msvm_ComputerSystem');
    const refused = await cim.invoke('Msvm_VirtualSystemSnapshotService', 'CreateSnapshot', {
      AffectedSystem: reference(system),
      SnapshotSettings: CRASH_CONSISTENT,
      SnapshotType: 32_768,
    });
    expect(refused.value).toBe(32_775);
    windows.simulator.releaseMerges();
    await windows.simulator.mergesEnded(VM_ID);
    expect(await chainOf(windows)).toEqual(base);
  });

  it.each(SIGNS)('the sign "%s" can come late on its own', async (sign) => {
    const first = await cim.freeze();
    await windows.guestWrites();
    const second = await cim.freeze();
    const [, middle = '', base = ''] = await chainOf(windows);
    windows.simulator.fault({ kind: 'merge-sign-late', sign, times: 1 });
    const before = mergeEvents(windows).length;
    await cim.destroy(first);
    await windows.simulator.mergesEnded(VM_ID);
    const signs = async () => {
      const [leaf = ''] = await chainOf(windows).catch(() => []);
      const { HardDrives } = await windows.one('Get-VM', { Id: VM_ID });
      const path = leaf || String((HardDrives as { Path: string }[])[0]?.Path);
      const { output } = await windows.ask('Get-VMSnapshot', { VMName: 'sql01' });
      return {
        checkpoint: (output as { Id: string }[]).some(({ Id }) => Id === first),
        status: (await secondary()) !== null,
        parent: (await windows.one('Get-VHD', { Path: path })).ParentPath !== base,
        file: existsSync(middle),
        event: !mergeEvents(windows).slice(before).includes(FINISHED),
      };
    };
    const none = { checkpoint: false, status: false, parent: false, file: false, event: false };
    expect(await signs()).toEqual({ ...none, [sign]: true });
    await windows.simulator.releaseSigns();
    expect(await signs()).toEqual(none);
    await cim.destroy(second);
  });

  it('a file that somebody has open makes a merge fail, and the next removal merges it', async () => {
    const base = await chainOf(windows);
    const first = await cim.freeze();
    const reader = await open(base[0] ?? '', 'r');
    const failed = await eventsSince(async () => {
      await cim.destroy(first);
      await windows.simulator.mergesEnded(VM_ID);
    });
    expect(failed).toEqual([STARTED, FAILED]);
    expect(windows.simulator.events('hv-a').at(-1)?.hresult).toBe(0x80070020 | 0);
    expect(await secondary()).toBe(null);
    expect(await chainOf(windows)).toHaveLength(2);
    await reader.close();
    const again = await cim.freeze();
    await cim.destroy(again);
    await windows.simulator.mergesEnded(VM_ID);
    expect(await chainOf(windows)).toEqual(base);
    expect(await truth(windows)).toEqual(onlyAt('hv-a'));
  });

  it('a merge fails and is interrupted as ordered', async () => {
    windows.simulator.fault({ kind: 'merge-fails', hresult: 0x80070299, times: 1 });
    const id = await cim.freeze();
    const failed = await eventsSince(async () => {
      await cim.destroy(id);
      await windows.simulator.mergesEnded(VM_ID);
    });
    expect(failed).toEqual([STARTED, FAILED]);
    windows.simulator.fault({ kind: 'merge-interrupted', times: 1 });
    const next = await cim.freeze();
    const interrupted = await eventsSince(async () => {
      await cim.destroy(next);
      await windows.simulator.mergesEnded(VM_ID);
    });
    expect(interrupted).toEqual([STARTED, 19090, STARTED, FINISHED]);
  });

  it('the log is asked by time and number, and says when it has nothing', async () => {
    const asked = async (FilterHashtable: object) =>
      windows.ask('Get-WinEvent', { FilterHashtable: [FilterHashtable] });
    const LogName = 'Microsoft-Windows-Hyper-V-VMMS-Admin';
    const StartTime = { $date: new Date().toISOString() };
    expect((await asked({ LogName, Id: [19090, 19100], StartTime })).errors).toMatchObject([
      { terminating: false, errorId: expect.stringMatching(/^NoMatchingEventsFound,/) },
    ]);
    const id = await cim.freeze();
    await cim.destroy(id);
    await windows.simulator.mergesEnded(VM_ID);
    const { output } = await asked({ LogName, ID: [STARTED, FINISHED], StartTime });
    expect(output).toMatchObject([
      { Id: FINISHED, LevelDisplayName: 'Information' },
      { Id: STARTED, Properties: [{ Value: 'sql01' }, { Value: VM_ID.toUpperCase() }] },
    ]);
    expect((await asked({ LogName: 'Nonsense' })).errors[0]?.errorId).toMatch(/^NoMatchingLogs/);
  });

  it('takes settings of its own class and types alone', async () => {
    const system = reference(await cim.one('Msvm_ComputerSystem'));
    const create = async (SnapshotSettings: string, SnapshotType = 32_768) =>
      (
        await cim.invoke('Msvm_VirtualSystemSnapshotService', 'CreateSnapshot', {
          AffectedSystem: system,
          SnapshotSettings,
          SnapshotType,
        })
      ).value;
    const settings = 'Msvm_VirtualSystemSnapshotSettingData';
    expect(await create('@{ ConsistencyLevel = 2 }')).toBe(4);
    expect(await create(embedded('Msvm_DiskMergeSettingData', {}))).toBe(4);
    expect(await create(embedded(settings, { ConsistencyLevel: ['sint32', 2] }))).toBe(6);
    expect(await create(embedded(settings, { Consistency: ['uint8', 2] }))).toBe(4);
    expect(await create(CRASH_CONSISTENT, 7)).toBe(4);
    expect(await windows.simulator.checkpoints(VM_ID)).toEqual([]);
  });

  it('a checkpoint that cannot be taken is a job that fails', async () => {
    windows.simulator.fault({ kind: 'checkpoint-fails', times: 1 });
    await expect(cim.freeze()).rejects.toThrow('0x80070070');
    const { lab } = { lab: await windows.one('Get-VM', { Id: VM_ID }) };
    expect(lab.ParentSnapshotId).toBe(null);
  });

  it('a backup and a person take and delete checkpoints of their own', async () => {
    const ours = await cim.freeze();
    const theirs = await windows.simulator.backupBegins(VM_ID);
    const persons = await windows.simulator.personTakesCheckpoint(VM_ID, { name: 'before update' });
    expect((await windows.simulator.checkpoints(VM_ID)).map(({ id, type }) => [id, type])).toEqual([
      [ours, 'Recovery'],
      [theirs, 'Recovery'],
      [persons, 'Standard'],
    ]);
    await windows.ask('Rename-VMSnapshot', {
      VMSnapshot: { $type: 'VMSnapshot', $id: JSON.stringify(['hv-a', VM_ID, ours]) },
      NewName: 'ferry m1 round 0',
    });
    const [first] = (await windows.ask('Get-VMSnapshot', { Id: ours })).output;
    expect(first).toMatchObject({ Name: 'ferry m1 round 0', SnapshotType: { value: 1 } });
    await windows.simulator.backupEnds(VM_ID, theirs);
    await windows.simulator.personDeletesCheckpoint(VM_ID, ours);
    expect((await windows.simulator.checkpoints(VM_ID)).map(({ id }) => id)).toEqual([persons]);
  });
});
