/** Where a VM stands: a verdict for each combination of what two hosts say. No host is needed. */

import { describe, expect, it } from '@jest/globals';
import type { LiveMove } from '../../../src/domain/live.ts';
import { progressOf } from '../../../src/hosts/hyperv/moving/job.ts';
import { filesOf, placementOf } from '../../../src/hosts/hyperv/moving/placement.ts';
import { standingOf } from '../../../src/hosts/hyperv/moving/standing.ts';
import type { MoveJob, View } from '../../../src/hosts/hyperv/moving/wire.ts';

const move: LiveMove = {
  vm: { id: 'id', name: 'sql01' },
  way: 'with storage',
  target: 'hv-b.lab.example',
  folder: 'D:\\VMs\\sql01',
  disks: [
    {
      disk: 'SCSI 0:0',
      sourcePath: 'C:\\vm\\os.vhdx',
      targetPath: 'D:\\VMs\\sql01\\Virtual Hard Disks\\os.vhdx',
    },
  ],
  networks: [],
  migrationSubnet: '10.0.9.0/24',
};
const unread = { unread: 'Access is denied' };
const empty: View = {
  vm: { value: null },
  planned: { value: false },
  jobs: { value: [] },
  unreadable: { value: [] },
  files: { value: [] },
  role: { lacks: true },
};
const here: View = { ...empty, vm: { value: { state: 'Running', disks: ['C:\\vm\\os.vhdx'] } } };
const moved = ['d:\\vms\\sql01\\virtual hard disks\\OS.vhdx'];
const there: View = { ...empty, vm: { value: { state: 'Running', disks: moved } } };
const job: MoveJob = {
  instanceId: 'Microsoft:1',
  target: 'HV-B',
  migrationType: 32771,
  jobType: 306,
  jobState: 4,
  percent: 40,
  cancellable: true,
  errorCode: 0,
  error: '',
};
const dark: View = {
  vm: unread,
  planned: unread,
  jobs: unread,
  unreadable: unread,
  files: unread,
  role: unread,
};
const clean = { planned: false, files: [] };

describe('where a VM stands', () => {
  const kinds: readonly (readonly [string, View, View, string])[] = [
    ['at the target alone', empty, there, 'at target'],
    ['at the source alone', here, empty, 'at source'],
    ['at both', here, there, 'unclear'],
    ['nowhere', empty, empty, 'unclear'],
    ['at the source, and the target cannot be asked', here, dark, 'unclear'],
    ['not at the source, and the target cannot be asked', empty, dark, 'unclear'],
    ['at the target, and the source cannot be asked', dark, there, 'unclear'],
    ['planned at the target that has it', empty, { ...there, planned: { value: true } }, 'unclear'],
    ['planned or not, which nobody knows', here, { ...empty, planned: unread }, 'unclear'],
    ['at the source, whose moves cannot be read', { ...here, jobs: unread }, empty, 'unclear'],
    [
      'at the source, with a disk that does not open',
      { ...here, unreadable: { value: ['C:\\x'] } },
      empty,
      'unclear',
    ],
    ['at the target, with its disks elsewhere', empty, { ...there, vm: here.vm }, 'unclear'],
    ['at both, in the middle of its move', { ...here, jobs: { value: [job] } }, there, 'moving'],
    ['nowhere, in the middle of its move', { ...empty, jobs: { value: [job] } }, empty, 'moving'],
  ];
  it.each(kinds)('G.2 %s', (_, source, target, kind) => {
    expect(standingOf({ source, target }, move).kind).toBe(kind);
  });

  it('what is unclear is told with all that was seen, and what was not and why', () => {
    const factsOf = (source: View, target: View) => {
      const standing = standingOf({ source, target }, move);
      return standing.kind === 'unclear' ? standing.facts : standing;
    };
    expect(factsOf(here, there)).toMatchObject({
      atSource: 'Running',
      atTarget: 'Running',
      planned: false,
      elsewhere: [],
      sourceUnread: [],
      targetUnread: [],
      why: [],
    });
    expect(factsOf({ ...empty, jobs: { unread: 'RPC' } }, dark)).toMatchObject({
      atSource: 'absent',
      atTarget: 'unread',
      planned: 'unread',
      sourceUnread: ['moves'],
      targetUnread: ['vm', 'moves', 'disks', 'planned', 'files'],
      why: ['RPC', unread.unread],
    });
    const misplaced = { ...there, vm: here.vm, unreadable: { value: ['C:\\x'] } };
    expect(factsOf(empty, misplaced)).toMatchObject({
      atTarget: 'Running',
      elsewhere: move.disks.map(({ targetPath }) => targetPath),
      unreadable: ['C:\\x'],
    });
    expect(factsOf(empty, { ...empty, planned: { value: true } })).toMatchObject({
      atSource: 'absent',
      atTarget: 'absent',
      planned: true,
      elsewhere: [],
    });
  });

  it('G.2 a job that is over says nothing, however it says that it ended', () => {
    for (const jobState of [7, 8, 9, 10]) {
      const jobs = { value: [{ ...job, jobState }] };
      expect(standingOf({ source: { ...here, jobs }, target: empty }, move)).toEqual({
        kind: 'at source',
        state: 'Running',
        left: clean,
      });
    }
  });

  it('what is left at the target is named', () => {
    const target: View = { ...empty, planned: { value: true }, files: { value: ['D:\\a.vhdx'] } };
    expect(standingOf({ source: here, target }, move)).toMatchObject({
      left: { planned: true, files: ['D:\\a.vhdx'] },
    });
  });

  it('a move to somewhere else, or of the storage alone, is not ours', () => {
    const ours = (target: string) => {
      const source = { ...here, jobs: { value: [{ ...job, target }] } };
      return standingOf({ source, target: empty }, move);
    };
    expect(ours('hv-b.lab.example')).toMatchObject({ ours: true });
    expect(ours('10.0.9.12')).toMatchObject({ ours: true });
    expect(ours('hv-c')).toMatchObject({ kind: 'moving', ours: false });
    const alone = { ...here, jobs: { value: [{ ...job, target: '', migrationType: 32769 }] } };
    expect(standingOf({ source: alone, target: empty }, move)).toMatchObject({ ours: false });
  });

  it('a cluster says itself whether it moves its role, and how long that can be cancelled', () => {
    const role = (migrationState: number): View['role'] => ({
      value: { owner: 'hv-a', state: 'Online', migrationState },
    });
    const at = (migrationState: number) =>
      standingOf({ source: { ...here, role: role(migrationState) }, target: empty }, move);
    expect([0, 1, 2, 3, 4, 5].map((state) => at(state).kind)).toEqual([
      'at source',
      'moving',
      'moving',
      'moving',
      'at source',
      'at source',
    ]);
    expect([at(2), at(3)]).toMatchObject([
      { running: { cancellable: true } },
      { running: { cancellable: false } },
    ]);
  });
});

describe('what is told of a running move', () => {
  it.each([
    [301, 'MigratingVirtualMachine', 'checking'],
    [306, 'CheckingCompatibility', 'checking'],
    [306, 'StorageMigrationPhaseOne', 'copying'],
    [306, 'StorageMigrationPhaseTwo', 'mirroring'],
    [306, 'MigratingVirtualMachine', 'unknown'],
    [305, 'MigratingVirtualMachine', 'memory'],
    [305, '', 'unknown'],
  ])('type %i with %s is %s', (jobType, value, phase) => {
    const running = { percent: 140, cancellable: false, jobType };
    expect(progressOf(running, { status: { value } })).toEqual({
      percent: 100,
      phase,
      cancellable: false,
    });
  });
});

describe('how Hyper-V is told where a VM goes', () => {
  it('is one folder, places disk by disk, or nothing at all: never two of them', () => {
    const [disk] = move.disks;
    if (!disk) throw new Error('A disk is expected');
    expect(placementOf(move)).toEqual({ kind: 'one folder', folder: move.folder });
    const apart = { ...disk, targetPath: 'E:\\os.vhdx' };
    const share = { ...disk, sourcePath: '\\\\s\\a.vhdx', targetPath: '\\\\S/A.vhdx' };
    const mixed = { ...move, disks: [apart, share] };
    expect(placementOf(mixed)).toMatchObject({ kind: 'disk by disk', disks: { length: 2 } });
    expect(filesOf(mixed)).toEqual(['E:\\os.vhdx']);
    const parents = [{ sourcePath: 'C:\\base.vhdx', targetPath: 'D:\\VMs\\base.vhdx' }];
    expect(placementOf({ ...move, parents })).toEqual({
      kind: 'disk by disk',
      folder: move.folder,
      disks: [{ sourcePath: disk.sourcePath, targetPath: disk.targetPath }, ...parents],
    });
    expect(filesOf({ ...move, parents })).toEqual([disk.targetPath, 'D:\\VMs\\base.vhdx']);
    for (const way of ['memory only', 'cluster role'] as const) {
      expect(placementOf({ ...move, way, disks: [] })).toEqual({ kind: 'in place' });
    }
  });
});
