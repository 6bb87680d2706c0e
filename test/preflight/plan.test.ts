import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planHash, switchesOf } from '../../src/domain/plan.ts';
import { Verdict } from '../../src/domain/problem.ts';
import { runChecks } from '../../src/preflight/checks.ts';
import { copyPaths } from '../../src/preflight/copy-paths.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from './facts.ts';

const diskAt = (path: string, id = 'SCSI 0:0') => ({
  id,
  path,
  format: 'vhdx' as const,
  virtualBytes: 10 * GIB,
  fileBytes: GIB,
  chainLength: 1,
});

describe('makePlan', () => {
  const subject = subjectOf();
  const findings = runChecks(subject, { method: 'stream', phase: 'plan' });
  const { plan, estimates } = makePlan(subject, { findings });

  it('names hosts, disks and networks', () => {
    expect(plan).toMatchObject({
      vm: { id: subject.vm.id, name: 'dc02' },
      source: 'hv-a',
      target: 'hv-b',
      method: 'stream',
      migrationSubnet: '10.0.9.0/24',
      networks: [{ adapter: 'Network Adapter', switch: 'LAN' }],
      pauseSecondsMax: 60,
      startAction: 'StartIfRunning',
      acknowledged: [],
    });
    expect(plan.disks[0]?.targetPath).toBe('D:\\ferry\\dc02-3F2504E0\\system.vhdx');
  });

  it('keeps which switch stands for which, so that it is checked and asked for again', () => {
    const switches = [{ from: 'LAN', to: 'Office' }];
    const { plan: other } = makePlan({ ...subject, switches }, { findings });
    expect(other.networks).toEqual([{ adapter: 'Network Adapter', switch: 'Office', from: 'LAN' }]);
    expect(switchesOf(other)).toEqual(switches);
    expect(switchesOf(plan)).toEqual([]);
  });

  it('gives the same hash for the same facts', () => {
    expect(planHash(makePlan(subject, { findings }).plan)).toBe(planHash(plan));
  });

  it('estimates from files and link, and is patient', () => {
    expect(estimates.bytesToCopy).toBe(40 * GIB);
    expect(estimates.secondsToCopy).toBeCloseTo((40 * GIB * 8) / 1e9);
    expect(plan.secondsMax).toBe(Math.ceil(estimates.secondsToCopy * 4));
    expect(plan.bytesOnTargetMax).toBeGreaterThan(100 * GIB);
  });

  it('gives a small VM a quarter of an hour', () => {
    const small = subjectOf({ vm: vmFacts({ disks: [diskAt('D:\\a.vhdx')] }) });
    expect(makePlan(small, { findings: [] }).plan.secondsMax).toBe(900);
  });

  it('records what people accept with it, once each', () => {
    const target = hostFacts('hv-b', {
      networks: hostFacts('hv-b').networks.map((one) => ({ ...one, dedicated: false })),
      memoryBytesFree: Number.NaN,
    });
    const unwell = subjectOf({ target });
    const found = runChecks(unwell, { method: 'stream', phase: 'plan' });
    const acknowledged = makePlan(unwell, { findings: [...found, ...found] }).plan.acknowledged;
    expect(acknowledged).toEqual(['dedicated-network', 'memory-unknown']);
  });

  it('uses the dedicated network even if another is faster', () => {
    const slow = hostFacts('x').networks.map((one) => ({ ...one, bitsPerSecond: 1e9 }));
    const lan = slow.map((one) => ({ ...one, subnet: '192.168.0.0/24', bitsPerSecond: 25e9 }));
    const networks = [...lan.map((one) => ({ ...one, dedicated: false })), ...slow];
    const both = subjectOf({
      source: hostFacts('hv-a', { networks }),
      target: hostFacts('hv-b', { networks }),
    });
    expect(makePlan(both, { findings: [] }).plan.migrationSubnet).toBe('10.0.9.0/24');
  });

  it('leaves a VM off that is off, and stops one that runs', () => {
    const isOff = subjectOf({ vm: vmFacts({ state: 'Off' }) });
    expect(makePlan(isOff, { findings: [] }).plan.stop).toBe('already off');
    expect(plan.stop).toBe('clean shutdown');
  });

  it('refuses to plan without a shared network', () => {
    const apart = subjectOf({ target: hostFacts('hv-b', { networks: [] }) });
    expect(() => makePlan(apart, { findings: [] })).toThrow(Verdict);
  });
});

describe('copyPaths', () => {
  const on = (vmVolume: string) => hostFacts('hv-b', { vmVolume });

  it("follow the target's style of paths", () => {
    const vm = vmFacts({ disks: [diskAt('/lab/hv-a/system.vhdx')] });
    expect(copyPaths(vm, on('/lab/hv-b/vms'))).toEqual([
      '/lab/hv-b/vms/ferry/dc02-3F2504E0/system.vhdx',
    ]);
    expect(copyPaths(vm, on('C:\\VMs'))).toEqual(['C:\\VMs\\ferry\\dc02-3F2504E0\\system.vhdx']);
  });

  it('drop what a checkpoint appended', () => {
    const leaf = 'D:\\VMs\\system_3F2504E0-4F89-11D3-9A0C-0305E82C3301.avhdx';
    const [path] = copyPaths(vmFacts({ disks: [diskAt(leaf)] }), on('D:'));
    expect(path).toBe('D:\\ferry\\dc02-3F2504E0\\system.vhdx');
  });

  it('tell disks of one name apart, without regard to case', () => {
    const disks = [diskAt('D:\\a\\data.vhdx'), diskAt('E:\\b\\DATA.vhdx', 'SCSI 0:1')];
    const paths = copyPaths(vmFacts({ disks }), on('D:')).map((path) => path.toLowerCase());
    expect(new Set(paths).size).toBe(2);
  });

  it('stay in their folder whatever the names are', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', size: 'max', maxLength: 300 }),
      fc.constantFrom('..', '../../etc', '..\\..\\x', 'CON', 'nul.vhdx', 'a:b', '', ' . ', '\0'),
    );
    fc.assert(
      fc.property(odd, odd, odd, (name, first, second) => {
        const disks = [diskAt(first), diskAt(second, 'SCSI 0:1')];
        const paths = copyPaths(vmFacts({ name, disks }), on('D:'));
        const lower = paths.map((path) => path.toLowerCase());
        expect(new Set(lower).size).toBe(2);
        for (const path of paths) {
          expect(path).toMatch(/^D:\\ferry\\[\w][\w.-]*\\[\w][\w.-]*\.vhdx$/);
          expect(path).not.toMatch(/\.\.|\\(con|nul|aux|prn)[.\\]/i);
        }
      }),
    );
  });
});
