import { describe, expect, it } from '@jest/globals';
import type { HyperVDiskFacts, HyperVVmFacts } from '../../../src/domain/hyperv-vm.ts';
import { hostFacts, vmFacts } from '../facts.ts';
import {
  type Changes,
  DENIED,
  hyperVVm,
  LACKS,
  reachFacts,
  value,
  windowsSubject,
} from '../windows.ts';
import { findingOf, LIVE, type RowAt, STREAM, STREAM_RECHECK } from './ask.ts';

const [first] = hyperVVm().disks;
if (!first) throw new Error('The healthy VM has a disk');
const disk = (changes: Partial<HyperVDiskFacts>) => ({ disks: [{ ...first, ...changes }] });
const chained = (...files: readonly string[]) => disk({ chain: value(files) });
const checkpoint = (id: string, type = 'Standard') => {
  return { id, name: `Checkpoint ${id}`, type, automatic: false };
};
const withCheckpoints = (count: number, type?: string) => ({
  checkpoints: value(Array.from({ length: count }, (_, index) => checkpoint(String(index), type))),
});
const iso = (path: string) => ({
  dvdDrives: value([{ id: 'SCSI 0:1', media: 'ISO' as const, path }]),
});
const neighbour = (changes: Partial<HyperVVmFacts>) => ({
  vms: [vmFacts({ id: 'another', name: 'web01', hyperv: hyperVVm(changes) })],
});

const DISKS: readonly RowAt[] = [
  ['it has 10 checkpoints', { vm: withCheckpoints(10) }, 'checkpoints', 'ok', 'checkpoints-ok'],
  [
    'it has 11 checkpoints',
    { vm: withCheckpoints(11) },
    'checkpoints',
    'warning',
    'checkpoints-many',
  ],
  [
    'it has a checkpoint and a device',
    { vm: { ...withCheckpoints(1), ...disk({ passThrough: true }) } },
    'checkpoints',
    'blocker',
    'checkpoints',
  ],
  [
    'it has a checkpoint and a shared disk',
    { vm: { ...withCheckpoints(1), ...disk({ shared: true }) } },
    'checkpoints',
    'blocker',
    'checkpoints',
  ],
  [
    'it has a checkpoint and Fibre Channel',
    { vm: { ...withCheckpoints(1), fibreChannelSans: value(['SAN']) } },
    'checkpoints',
    'blocker',
    'checkpoints',
  ],
  [
    'it has a checkpoint, and its Fibre Channel cannot be read',
    { vm: { ...withCheckpoints(1), fibreChannelSans: DENIED } },
    'checkpoints',
    'unknown',
    'checkpoints-unknown',
  ],
  [
    'it has Fibre Channel alone',
    { vm: { fibreChannelSans: value(['SAN']) } },
    'checkpoints',
    'ok',
    'checkpoints-ok',
  ],
  [
    'a backup left its checkpoint',
    { vm: withCheckpoints(1, 'Recovery') },
    'recovery-checkpoint',
    'blocker',
    'recovery-checkpoint',
  ],
  [
    'its recovery checkpoint is ours',
    {
      vm: withCheckpoints(1, 'Recovery'),
      vmItself: { checkpoints: [{ id: '0', name: 'ferry', ours: true }] },
    },
    'recovery-checkpoint',
    'ok',
    'recovery-checkpoint-ok',
    STREAM_RECHECK,
  ],
  [
    'it has checkpoints of people',
    { vm: withCheckpoints(3) },
    'recovery-checkpoint',
    'ok',
    'recovery-checkpoint-ok',
  ],
  [
    'it runs on a file of no checkpoint',
    {
      vmItself: {
        disks: vmFacts().disks.map((one) => ({ ...one, path: 'D:\\VMs\\dc02\\system_1.AVHDX' })),
      },
    },
    'recovery-checkpoint',
    'blocker',
    'checkpoint-file-left',
    STREAM,
  ],
  [
    'a disk stands on a checkpoint',
    { vm: chained('D:\\a_1.avhdx', 'D:\\a.vhdx') },
    'differencing-disk',
    'ok',
    'differencing-disk-ok',
  ],
  [
    'a disk stands on a parent',
    { vm: chained('D:\\a.vhdx', 'D:\\base.vhdx') },
    'differencing-disk',
    'warning',
    'differencing-disk-alone',
  ],
  [
    'a checkpoint stands on a disk with a parent',
    { vm: chained('D:\\a_1.avhdx', 'D:\\a.vhdx', 'D:\\base.vhdx') },
    'differencing-disk',
    'warning',
    'differencing-disk-alone',
  ],
  [
    'another VM uses the parent',
    {
      vm: chained('D:\\a.vhdx', 'D:\\base.vhdx'),
      sourceHost: neighbour(chained('D:\\b.vhdx', 'd:/BASE.vhdx')),
    },
    'differencing-disk',
    'blocker',
    'differencing-disk',
  ],
  [
    'who else uses the parent cannot be read',
    { vm: chained('D:\\a.vhdx', 'D:\\base.vhdx'), sourceHost: neighbour(disk({ chain: DENIED })) },
    'differencing-disk',
    'unknown',
    'differencing-disk-unknown',
  ],
  [
    'another VM cannot be read, and there is no parent',
    { sourceHost: neighbour(disk({ chain: DENIED })) },
    'differencing-disk',
    'ok',
    'differencing-disk-ok',
  ],
  ['a disk is shared', { vm: disk({ shared: true }) }, 'shared-disk', 'blocker', 'shared-disk'],
  [
    'a disk is a VHD set',
    { vm: disk({ vhdSet: true }) },
    'shared-disk',
    'blocker',
    'shared-disk',
    STREAM,
  ],
  [
    'a VHD set has no format that we read',
    {
      vm: disk({ vhdSet: true }),
      vmItself: { disks: vmFacts().disks.map((one) => ({ ...one, format: 'unreadable' })) },
    },
    'disk-format',
    'ok',
    'disk-format-ok',
  ],
  [
    'Windows says that a disk is a device',
    { vm: disk({ passThrough: true, path: '' }) },
    'pass-through-disk',
    'blocker',
    'pass-through-disk',
  ],
  [
    'an ISO is in',
    { vm: iso('C:\\iso\\windows.iso') },
    'dvd-media',
    'warning',
    'dvd-media-ejected',
  ],
  [
    'the target has the ISO too',
    {
      vm: iso('C:\\iso\\windows.iso'),
      source: { reach: reachFacts('hv-a', { media: value(['c:/ISO/windows.iso']) }) },
    },
    'dvd-media',
    'ok',
    'dvd-media-ok',
  ],
  [
    'the target lacks the ISO',
    {
      vm: iso('C:\\iso\\windows.iso'),
      source: { reach: reachFacts('hv-a', { media: value([]) }) },
    },
    'dvd-media',
    'warning',
    'dvd-media-ejected',
  ],
  [
    'an ISO of a share is in',
    {
      vm: {
        dvdDrives: value([{ id: 'SCSI 0:1', media: 'ISO', path: '\\\\nas\\iso\\windows.iso' }]),
      },
    },
    'dvd-media',
    'warning',
    'dvd-media-share',
  ],
  [
    "the host's drive is in use",
    { vm: { dvdDrives: value([{ id: 'IDE 1:0', media: 'PassThrough', path: 'E:' }]) } },
    'dvd-media',
    'blocker',
    'dvd-media',
  ],
];

describe('the disks of a VM', () => {
  it.each(DISKS)('when %s', (_, changes, check, severity, code, occasion = LIVE) => {
    expect(findingOf(check, windowsSubject(changes), occasion)).toMatchObject({ severity, code });
  });

  it('disks that stay where they are may be shared and have parents', () => {
    const vm = {
      disks: [
        { ...first, place: 'share', shared: true, chain: value(['a.vhdx', 'b.vhdx']) } as const,
      ],
    };
    const subject = windowsSubject({ vm });
    for (const check of ['shared-disk', 'differencing-disk', 'free-space', 'target-files']) {
      expect(findingOf(check, subject)).toBeUndefined();
    }
    expect(findingOf('shared-disk', subject, STREAM)).toMatchObject({ severity: 'blocker' });
  });

  it("the file system of the target's volume counts where something is copied", () => {
    const [volume] = hostFacts('hv-b').volumes;
    const targetHost = { volumes: [{ ...volume, fileSystem: 'FAT32' }] } as Changes['targetHost'];
    const code = (vm: Partial<HyperVVmFacts>) =>
      findingOf('disk-size', windowsSubject({ vm, ...(targetHost ? { targetHost } : {}) }))?.code;
    expect(code({})).toBe('file-system');
    expect(code(disk({ place: 'share' }))).toBe('disk-size-ok');
  });
});

describe('chains of disks', () => {
  it('name the parents, not the disk itself', () => {
    const vm = chained('D:\\a_1.avhdx', 'D:\\a.vhdx', 'D:\\b.vhdx', 'D:\\c.vhdx');
    const finding = findingOf('differencing-disk', windowsSubject({ vm }));
    expect(finding?.facts.files).toEqual(['D:\\b.vhdx', 'D:\\c.vhdx']);
  });

  it('are unknown where they could not be read, and do not appear without', () => {
    const said = (chain: typeof DENIED | typeof LACKS) =>
      findingOf('differencing-disk', windowsSubject({ vm: disk({ chain }) }));
    expect(said(DENIED)).toMatchObject({ severity: 'unknown', code: 'differencing-disk-unknown' });
    expect(said(LACKS)).toBeUndefined();
  });
});
