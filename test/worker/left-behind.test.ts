import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { LeftCopy } from '../../src/migration/kept.ts';
import { type LeftBehind, leftBehind } from '../../src/worker/left-behind.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';

const DAY_MS = 86_400_000;
const vm = { id: 'd5b1', name: 'dc02' };
const NONE_OPEN = new Set<string>();

let state = '';
let disks = '';
let left: LeftBehind;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'ferry-left-'));
  disks = await mkdtemp(join(tmpdir(), 'ferry-disks-'));
  left = open(14);
  await writeFile(join(disks, 'dc02.vhdx'), 'system');
  await writeFile(join(disks, 'dc02-1.vhdx'), 'data');
});
afterEach(async () => {
  for (const folder of [state, disks]) await rm(folder, { recursive: true, force: true });
});

/** As this worker opens it again after a restart. */
const open = (keepDays: number): LeftBehind =>
  leftBehind({ directory: join(state, 'left-behind'), keepDays });
const copyOf = (operation = 'm1'): LeftCopy => ({
  vm,
  operation,
  round: 4,
  disks: [
    { disk: 'SCSI 0:0', path: join(disks, 'dc02.vhdx') },
    { disk: 'SCSI 0:1', path: join(disks, 'dc02-1.vhdx') },
  ],
  definition: { vmId: vm.id, bytes: Buffer.from('two processors') },
});
const record = (operation = 'm1'): string => join(disks, `ferry-left-${operation}.json`);
const all = (vms: readonly VmFacts[] = [], opened: ReadonlySet<string> = NONE_OPEN) =>
  left.all(hostFacts('hv-a', { vms }), opened);
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
const withDisk = (path: string, chainLength = 1): VmFacts => {
  const [disk] = vmFacts().disks;
  if (!disk) throw new Error('No disk');
  return vmFacts({ name: 'web', disks: [{ ...disk, path, chainLength }] });
};

describe('what a moved VM leaves', () => {
  it('is kept for its days, with its definition beside the disks', async () => {
    const before = Date.now();
    const keptUntil = await left.leave(copyOf());
    expect(keptUntil).toBeGreaterThanOrEqual(before + 14 * DAY_MS);
    expect(keptUntil).toBeLessThanOrEqual(Date.now() + 14 * DAY_MS);
    const beside = JSON.parse(await readFile(record(), 'utf8'));
    expect(beside).toMatchObject({ vm, operation: 'm1', round: 4, keptUntil });
    expect(Buffer.from(beside.definition, 'base64').toString()).toBe('two processors');
    expect(await all()).toEqual([
      {
        vm,
        kind: 'left behind',
        folder: record(),
        operation: 'm1',
        round: 4,
        committedAt: keptUntil - 14 * DAY_MS,
        keptUntil,
        bytes: 'system'.length + 'data'.length,
      },
    ]);
  });

  it('left twice by one operation is left once, as it was said first', async () => {
    const keptUntil = await left.leave(copyOf());
    left = open(99);
    expect(await left.leave({ ...copyOf(), round: 7 })).toBe(keptUntil);
    expect(await all()).toMatchObject([{ round: 4, keptUntil }]);
  });

  it('is nothing where the VM has no disks', async () => {
    await left.leave({ ...copyOf(), disks: [] });
    expect(await all()).toEqual([]);
  });

  it.each<[string, () => VmFacts]>([
    ['runs from one of them', () => withDisk(join(disks, 'DC02.VHDX'))],
    [
      'has a checkpoint on one of them',
      () => withDisk(join(disks, 'dc02_3f2504e0-4f89-11d3-9a0c-0305e82c3301.avhdx'), 2),
    ],
  ])('is in use while a VM %s', async (_name, user) => {
    await left.leave(copyOf());
    expect(await all([user()])).toMatchObject([{ usedBy: 'web' }]);
  });

  it('is in use while its operation is open, and not because of its neighbours', async () => {
    await left.leave(copyOf());
    expect(await all([], new Set(['m1']))).toMatchObject([{ usedBy: 'm1' }]);
    const neighbours = [
      withDisk(join(disks, 'dc02-2.vhdx')),
      withDisk(join(disks, 'sql_3f2504e0-4f89-11d3-9a0c-0305e82c3301.avhdx'), 2),
      withDisk(join(disks, 'other', 'dc02.avhdx'), 2),
    ];
    expect(await all(neighbours, new Set(['m2']))).toMatchObject([{ bytes: 10 }]);
    expect((await all(neighbours))[0]).not.toHaveProperty('usedBy');
  });
});

describe('its deletion', () => {
  it('takes its disks and its record, and nothing else', async () => {
    await left.leave(copyOf());
    await writeFile(join(disks, 'other.vhdx'), 'of somebody else');
    expect(await left.remove(vm.id, record())).toBe(true);
    expect(await all()).toEqual([]);
    const there = await Promise.all(
      ['dc02.vhdx', 'dc02-1.vhdx', 'other.vhdx'].map((name) => exists(join(disks, name))),
    );
    expect([...there, await exists(record())]).toEqual([false, false, true, false]);
    expect(await left.remove(vm.id, record())).toBe(false);
  });

  it('goes on after it was cut short: from its first moment it is no copy any more', async () => {
    await left.leave(copyOf());
    const own = join(state, 'left-behind', 'm1.json');
    const going = { ...JSON.parse(await readFile(own, 'utf8')), going: true };
    await writeFile(own, JSON.stringify(going));
    left = open(14);
    expect(await all()).toEqual([]);
    expect(await left.remove(vm.id, record())).toBe(true);
    expect(await exists(join(disks, 'dc02.vhdx'))).toBe(false);
  });

  it('needs the right VM, and a record of this worker’s own', async () => {
    await left.leave(copyOf());
    expect(await left.remove('other', record())).toBe(false);
    const forged = { ...JSON.parse(await readFile(record(), 'utf8')), operation: 'm9' };
    await writeFile(record('m9'), JSON.stringify(forged));
    expect(await left.remove(vm.id, record('m9'))).toBe(false);
    expect(await exists(join(disks, 'dc02.vhdx'))).toBe(true);
  });
});
