import { describe, expect, it } from '@jest/globals';
import type { HyperVDiskFacts, HyperVVmFacts } from '../../src/domain/hyperv-vm.ts';
import { isDeletion, liveMoveOf } from '../../src/domain/plan.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { replan } from '../../src/preflight/replan.ts';
import { livePaths } from '../../src/preflight/target-paths.ts';
import { wayOf } from '../../src/preflight/way.ts';
import { hostFacts, subjectOf, vmFacts } from './facts.ts';

const [first] = vmFacts().disks;
if (!first) throw new Error('The VM of the tests has no disk');

type Place = HyperVDiskFacts['place'];

/** A VM with a disk at each of these places. */
function vmWith(places: readonly Place[], clusterRole?: HyperVVmFacts['clusterRole']): VmFacts {
  const disks = places.map((place, index) => {
    const path = place === 'share' ? `\\\\nas\\vms\\data.vhdx` : `C:\\${index}\\data.vhdx`;
    return { ...first, id: `SCSI 0:${index}`, path } as (typeof vm.disks)[number];
  });
  const vm = vmFacts();
  const hyperv = {
    disks: disks.map(({ id, path }, index) => ({ id, path, place: places[index] })),
    ...(clusterRole ? { clusterRole } : {}),
  } as unknown as HyperVVmFacts;
  return { ...vm, disks, hyperv };
}

const role = { value: { group: 'dc02', ownerNode: 'hv-a', possibleOwners: ['hv-a', 'hv-b'] } };
const target = hostFacts('hv-b', { vmVolume: 'D:' });
const planFor = (vm: VmFacts) =>
  makePlan(subjectOf({ vm, target }), { findings: [], method: 'live' }).plan;

describe('which way a live move goes', () => {
  it.each<[string, VmFacts, string]>([
    ['disks of its own host', vmWith(['local', 'local']), 'with storage'],
    ['a disk on a share beside one of its own', vmWith(['share', 'local']), 'with storage'],
    ['all disks on a share', vmWith(['share', 'share']), 'memory only'],
    ['a role of a cluster', vmWith(['cluster'], role), 'cluster role'],
    ['a role of a cluster on a share', vmWith(['share'], role), 'cluster role'],
    ['no role, where there is a cluster', vmWith(['share'], { value: null }), 'memory only'],
    ['no role, where that cannot be read', vmWith(['local'], { unread: 'x' }), 'with storage'],
    ['a host that says nothing of it', vmFacts(), 'with storage'],
  ])('%s', (_name, vm, way) => {
    expect(wayOf(vm)).toBe(way);
  });
});

describe('the plan of a live move', () => {
  it('places each disk, keeps file names, and gives files of one name folders of their own', () => {
    const plan = planFor(vmWith(['local', 'local']));
    const folder = String(plan.live?.folder);
    expect(folder).toMatch(/^D:\\dc02-/);
    expect(plan.disks.map(({ targetPath }) => targetPath)).toEqual([
      `${folder}\\Virtual Hard Disks\\data.vhdx`,
      `${folder}\\Virtual Hard Disks\\1\\data.vhdx`,
    ]);
    expect(plan).toMatchObject({ method: 'live', stop: 'none' });
    expect(plan.bytesOnTargetMax).toBeGreaterThan(0);
  });

  /** The same with these chains of files. */
  function withChains(vm: VmFacts, chains: readonly (readonly string[])[]): VmFacts {
    const disks = vm.hyperv?.disks.map((disk, index) => {
      return { ...disk, chain: { value: chains[index] ?? [] } };
    });
    return { ...vm, hyperv: { ...vm.hyperv, disks } as HyperVVmFacts };
  }

  it('names a place for each file that disks stand on, once, also where names are the same', () => {
    const vm = withChains(vmWith(['local', 'local']), [
      ['C:\\0\\data.vhdx', 'E:\\base\\data.vhdx', '\\\\nas\\gold.vhdx'],
      ['C:\\1\\data.vhdx', 'e:/base/DATA.vhdx', '\\\\nas\\gold.vhdx'],
    ]);
    const plan = planFor(vm);
    const disks = `${plan.live?.folder}\\Virtual Hard Disks`;
    const parents = [
      { sourcePath: 'e:/base/DATA.vhdx', targetPath: `${disks}\\2\\DATA.vhdx` },
      { sourcePath: '\\\\nas\\gold.vhdx', targetPath: '\\\\nas\\gold.vhdx' },
    ];
    expect(plan.live?.parents).toEqual(parents);
    expect(liveMoveOf(plan)).toMatchObject({ parents, disks: [{}, {}] });
    expect(livePaths(subjectOf({ vm, target }))).toEqual([
      `${disks}\\data.vhdx`,
      `${disks}\\1\\data.vhdx`,
      `${disks}\\2\\DATA.vhdx`,
      `${plan.live?.folder}\\Virtual Machines\\${vm.id}.vmcx`,
    ]);
  });

  it('leaves room for what stands below a checkpoint: that follows into the folder of its disk', () => {
    const vm = withChains(vmWith(['local', 'local']), [
      ['C:\\0\\data.avhdx', 'C:\\0\\os.vhdx', 'C:\\base\\os.vhdx'],
      ['C:\\1\\data.avhdx', 'C:\\1\\os.vhdx'],
    ]);
    const paths = livePaths(subjectOf({ vm, target }));
    const names = paths.map((path) => path.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.endsWith('os.vhdx'))).toHaveLength(3);
    expect(planFor(vm).live?.parents).toMatchObject([{ sourcePath: 'C:\\base\\os.vhdx' }]);
  });

  it('leaves a disk on a share where it is, and asks for it there', () => {
    const plan = planFor(vmWith(['share', 'local']));
    const [shared] = liveMoveOf(plan).disks;
    expect([shared?.sourcePath, shared?.targetPath]).toEqual([
      '\\\\nas\\vms\\data.vhdx',
      '\\\\nas\\vms\\data.vhdx',
    ]);
  });

  it.each(['memory only', 'cluster role'])('copies nothing and takes no room for %s', (way) => {
    const plan = planFor(vmWith(['share'], way === 'cluster role' ? role : undefined));
    const over = way === 'cluster role' ? {} : { networks: [expect.anything()] };
    expect(plan.live).toEqual({ way, target: 'hv-b', ...over });
    expect(plan.bytesOnTargetMax).toBe(0);
    expect(liveMoveOf(plan).disks).toEqual([]);
  });

  it('stays a live move when it has to ask for another plan', () => {
    const vm = vmWith(['local']);
    const subject = subjectOf({ vm, target });
    const before = planFor(vm);
    const again = replan({ before, subject, measured: { secondsAtWork: before.secondsMax + 1 } });
    if ('refused' in again) throw new Error(again.refused.code);
    const { secondsMax, ...same } = again.plan;
    expect(secondsMax).toBeGreaterThan(before.secondsMax);
    expect(same).toMatchObject({ method: 'live', stop: 'none', live: before.live });
    expect(isDeletion(again.plan)).toBe(false);
  });

  it('is refused as a live move where it is none', () => {
    const { plan } = makePlan(subjectOf(), { findings: [] });
    expect(() => liveMoveOf(plan)).toThrow('not of a live move');
  });
});
