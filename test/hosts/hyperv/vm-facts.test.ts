/** What Windows says of a VM becomes what Ferry plans with. */

import { describe, expect, it } from '@jest/globals';
import type { VmFacts } from '../../../src/domain/vm.ts';
import { stateOf, vmFactsOf } from '../../../src/hosts/hyperv/facts/vm.ts';
import { vmsAnswer } from '../../../src/hosts/hyperv/facts/vm-answer.ts';
import { adapterJson, DENIED, diskJson, LACKS, type VmJson, vmJson } from './answers.ts';

const GIB = 1024 ** 3;

function vmOf(changes: Partial<VmJson> = {}): VmFacts {
  const [vm] = vmsAnswer.parse({ vms: [vmJson(changes)] }).vms.map(vmFactsOf);
  if (vm) return vm;
  throw new Error('no VM');
}

describe('a VM', () => {
  it('has its disks with all files, its adapters, checkpoints and guest', () => {
    expect(vmOf()).toMatchObject({
      id: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      state: 'Running',
      generation: 2,
      processors: 4,
      memoryStartupBytes: 4 * GIB,
      memoryAssignedBytes: 6 * GIB,
      disks: [
        {
          id: 'SCSI 0:0',
          path: 'D:\\VMs\\dc02\\system_7B.avhdx',
          format: 'vhdx',
          virtualBytes: 80 * GIB,
          fileBytes: 43 * GIB,
          chainLength: 2,
        },
      ],
      adapters: [{ name: 'Network Adapter', mac: '00155D000001', switch: 'LAN' }],
      checkpoints: [
        { id: 'c1', ours: true },
        { id: 'c2', ours: false },
      ],
      startAction: 'StartIfRunning',
      merging: false,
      guest: { heartbeat: true, addresses: ['192.168.1.40', 'fe80::1'] },
      hyperv: {
        disks: [
          {
            chain: { value: ['D:\\VMs\\dc02\\system_7B.avhdx', 'D:\\VMs\\dc02\\system.vhdx'] },
            fileBytes: { value: 43 * GIB },
            vhdSet: false,
          },
        ],
        dvdDrives: {
          value: [
            { id: 'SCSI 0:1', media: 'ISO', path: 'D:\\ISO\\x.iso' },
            { id: 'SCSI 0:2', media: 'None' },
          ],
        },
        gpuPartitions: { value: [{ canLeave: LACKS }] },
        stopAction: 'ShutDown',
      },
    });
    expect(vmOf().hyperv).not.toHaveProperty('secondaryStatus');
  });

  it.each([
    ['Running', 'Running'],
    ['RunningCritical', 'Running'],
    ['Off', 'Off'],
    ['OffCritical', 'Off'],
    ['Saved', 'Saved'],
    ['FastSavedCritical', 'Saved'],
    ['Hibernated', 'Saved'],
    ['PausedCritical', 'Paused'],
    ['Starting', 'Starting'],
    ['ResumingCritical', 'Starting'],
    ['Reset', 'Starting'],
    ['Saving', 'Stopping'],
    ['ForceShutdown', 'Stopping'],
    ['Other', 'Stopping'],
    ['SomethingNew', 'Stopping'],
  ])('that is %s counts as %s', (state, ours) => {
    expect(stateOf(state)).toBe(ours);
    expect(vmOf({ state }).hyperv?.state).toBe(state);
  });

  it('without a connection has no switch, and a guest that shows nothing is silent', () => {
    const adapters = { value: [adapterJson({ switch: null, addresses: [] })] };
    const vm = vmOf({ adapters, heartbeat: 'NoContact' });
    expect(vm.adapters).toEqual([{ name: 'Network Adapter', mac: '00155D000001' }]);
    expect(vm.guest).toEqual({ heartbeat: false, addresses: [] });
    expect(vmOf({ state: 'Off' })).not.toHaveProperty('guest');
  });

  it('G.10 has addresses of adapters without separators, however Windows writes them', () => {
    const macs = ['00155D0A0B0C', '00-15-5d-0a-0b-0c', '00:15:5D:0A:0B:0C'];
    const adapters = { value: macs.map((mac) => adapterJson({ mac })) };
    const { adapters: plain, hyperv } = vmOf({ adapters });
    expect(new Set(plain.map(({ mac }) => mac))).toEqual(new Set(['00155D0A0B0C']));
    expect(hyperv?.adapters.map(({ mac }) => mac)).toEqual(plain.map(({ mac }) => mac));
  });

  it('merges while Windows says so', () => {
    const status = { primaryStatus: 'InService', secondaryStatus: 'MergingDisks' };
    expect(vmOf(status)).toMatchObject({ merging: true, hyperv: status });
  });

  it('may have a device of the host for a disk, a VHD set, or a file that nobody can read', () => {
    const device = diskJson({ path: 'Disk 3', passThrough: true, files: { value: [] } });
    const set = diskJson({ path: 'D:\\x.vhds', shared: true });
    const broken = diskJson({ id: 'SCSI 0:2', files: DENIED });
    const { disks, hyperv } = vmOf({ disks: { value: [device, set, broken] } });
    expect(disks.map(({ path, format }) => [path, format])).toEqual([
      ['Disk 3', 'pass-through'],
      ['D:\\x.vhds', 'vhdx'],
      ['D:\\VMs\\dc02\\system_7B.avhdx', 'unreadable'],
    ]);
    expect(hyperv?.disks).toMatchObject([
      { path: '', passThrough: true, chain: { value: [] } },
      { vhdSet: true, shared: true },
      { chain: DENIED, fileBytes: DENIED },
    ]);
  });

  it('is not taken for one without disks and adapters when these cannot be listed', () => {
    const { disks, adapters } = vmOf({ disks: DENIED, adapters: DENIED });
    expect(disks).toMatchObject([{ format: 'unreadable', path: DENIED.unread }]);
    expect(adapters).toMatchObject([{ switch: expect.stringContaining(DENIED.unread) }]);
  });

  it('of a release before 2012 R2 is of generation 1', () => {
    expect(vmOf({ generation: null, version: LACKS })).toMatchObject({
      generation: 1,
      hyperv: { version: LACKS },
    });
  });
});
