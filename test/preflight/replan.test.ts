import { describe, expect, it } from '@jest/globals';
import { isSameMove } from '../../src/domain/plan.ts';
import { configurationFingerprint } from '../../src/domain/vm.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { type Replanned, replan } from '../../src/preflight/replan.ts';
import { onVolume } from '../../src/preflight/volume.ts';
import { codeOf } from '../bot/world.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from './facts.ts';

const before = makePlan(subjectOf(), { findings: [], bytesPerSecondMax: 5e6 }).plan;

function planOf(replanned: Replanned) {
  if ('plan' in replanned) return replanned.plan;
  throw new Error(`Refused: ${JSON.stringify(replanned.refused)}`);
}

/** While it is copied, the VM's leaf is a checkpoint's and its files have grown. */
const tracked = (changes = {}) =>
  vmFacts({
    disks: vmFacts().disks.map((disk) => ({
      ...disk,
      path: 'D:\\VMs\\dc02\\system_3F2504E0-4F89-11D3-9A0C-0305E82C3301.avhdx',
      fileBytes: disk.fileBytes * 3,
      chainLength: 2,
    })),
    ...changes,
  });

describe('another plan', () => {
  it('is for the VM as it is now, and moves the same disks to the same places', () => {
    const vm = tracked({ processors: 8 });
    const plan = planOf(replan({ before, subject: subjectOf({ vm }), measured: {} }));
    expect(plan.configuration).toBe(configurationFingerprint(vm));
    expect(plan.configuration).not.toBe(before.configuration);
    expect(plan.disks).toEqual(before.disks);
    expect(isSameMove(plan, before)).toBe(true);
    expect(plan.bytesPerSecondMax).toBe(5e6);
  });

  it('keeps whether the VM was off, whatever it is now', () => {
    const isOff = subjectOf({ vm: tracked({ state: 'Off' }) });
    const plan = planOf(replan({ before, subject: isOff, measured: {} }));
    expect(plan.stop).toBe('clean shutdown');
    const off = { ...before, stop: 'already off' } as const;
    const again = planOf(replan({ before: off, subject: subjectOf(), measured: {} }));
    expect(again.stop).toBe('already off');
  });

  it('keeps each bound that holds, and widens what was measured beyond it', () => {
    const subject = subjectOf({ vm: tracked() });
    const same = planOf(replan({ before, subject, measured: { pauseSeconds: 60 } }));
    expect([same.pauseSecondsMax, same.secondsMax]).toEqual([60, before.secondsMax]);
    expect(same.bytesOnTargetMax).toBeGreaterThan(before.bytesOnTargetMax);
    const measured = { pauseSeconds: 101, secondsAtWork: before.secondsMax + 10 };
    const wider = planOf(replan({ before, subject, measured }));
    expect(wider.pauseSecondsMax).toBe(152);
    expect(wider.secondsMax).toBe((before.secondsMax + 10) * 2);
    const endless = planOf(replan({ before, subject, measured: { pauseSeconds: 1e9 } }));
    expect(endless.pauseSecondsMax).toBe(86_400);
  });

  it('takes new warnings in, and keeps those that were accepted', () => {
    const target = hostFacts('hv-b', { memoryBytesFree: Number.NaN });
    const accepted = { ...before, acknowledged: ['dedicated-network'] };
    const subject = subjectOf({ vm: tracked(), target });
    const plan = planOf(replan({ before: accepted, subject, measured: {} }));
    expect(plan.acknowledged).toEqual(['dedicated-network', 'memory-unknown']);
  });

  it('looks at the volume that the copy is on', () => {
    const [first] = hostFacts('hv-b').volumes;
    if (!first) throw new Error('No volume');
    const volumes = [
      { ...first, bytesFree: 0 },
      { ...first, path: 'E:' },
    ];
    const subject = subjectOf({ vm: tracked(), target: hostFacts('hv-b', { volumes }) });
    expect(replan({ before, subject, measured: {} })).toMatchObject({
      refused: { code: 'free-space', facts: { volume: 'D:' } },
    });
    const onE = { ...before, volume: 'E:' };
    expect(planOf(replan({ before: onE, subject, measured: {} })).volume).toBe('E:');
  });

  it.each([
    [
      'came',
      { disks: [...tracked().disks, { ...tracked().disks[0], id: 'SCSI 0:1' }] },
      'SCSI 0:1',
    ],
    ['went', { disks: [] }, 'SCSI 0:0'],
    ['grew', { disks: [{ ...tracked().disks[0], virtualBytes: 200 * GIB }] }, 'SCSI 0:0'],
  ])('is not made where a disk %s', (_, changes, disk) => {
    const subject = subjectOf({ vm: tracked(changes) });
    expect(replan({ before, subject, measured: {} })).toEqual({
      refused: { code: 'replan-other-disks', facts: { vm: 'dc02', disks: [disk] } },
    });
  });
});

describe('a volume that is wished for', () => {
  const [first] = hostFacts('hv-b').volumes;
  if (!first) throw new Error('No volume');
  const paths = ['/lab/hosts/hv-b/disks', '/lab/hosts/hv-b/more-disks', 'D:', 'C:\\Mounts\\Fast'];
  const host = hostFacts('hv-b', { volumes: paths.map((path) => ({ ...first, path })) });

  it.each([
    [undefined, 'D:'],
    ['d:\\', 'D:'],
    ['D', 'D:'],
    ['MORE-DISKS', '/lab/hosts/hv-b/more-disks'],
    ['/lab/hosts/hv-b/disks/', '/lab/hosts/hv-b/disks'],
    ['disks', '/lab/hosts/hv-b/disks'],
    ['fast', 'C:\\Mounts\\Fast'],
  ])('is found by path or name, whatever the case: %s', (wanted, path) => {
    expect(onVolume(host, wanted).vmVolume).toBe(path);
  });

  it.each(['X:', 'disk', '', '/', 'hv-b'])(
    'that is none names those there are: %j',
    async (wanted) => {
      const problem = await codeOf(Promise.resolve().then(() => onVolume(host, wanted)));
      expect(problem).toBe('volume-unknown');
    },
  );

  it('is named in full where two names are alike', async () => {
    const alike = ['/a/fast', '/b/fast'].map((path) => ({ ...first, path }));
    const two = { ...host, volumes: alike };
    expect(await codeOf(Promise.resolve().then(() => onVolume(two, 'fast')))).toBe(
      'volume-unknown',
    );
    expect(onVolume(two, '/b/fast').vmVolume).toBe('/b/fast');
  });
});
