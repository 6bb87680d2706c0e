/** Where a VM's disks go when some of them lie at the target already. */

import { describe, expect, it } from '@jest/globals';
import type { KeptFacts } from '../../src/domain/host.ts';
import { claimOf } from '../../src/migration/steps/reserve-target.ts';
import { makeAlignmentPlan } from '../../src/preflight/alignment.ts';
import { placeOn } from '../../src/preflight/base.ts';
import { runChecks } from '../../src/preflight/checks.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { replan } from '../../src/preflight/replan.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from './facts.ts';

const vm = vmFacts();
const diskAt = (path: string, changes: object = {}) => {
  const [{ id, virtualBytes } = { id: '', virtualBytes: 0 }] = vm.disks;
  return { disk: id, path, virtualBytes, ...changes };
};
const LEFT: KeptFacts = {
  vm: { id: vm.id, name: vm.name },
  kind: 'left behind',
  folder: 'D:\\VMs\\dc02\\ferry-left-m1.json',
  bytes: 40 * GIB,
  committedAt: 1000,
  disks: [diskAt('D:\\VMs\\dc02\\system.vhdx')],
};
const RECEIVED: KeptFacts = {
  ...LEFT,
  kind: 'received',
  folder: 'D:\\ferry\\m4',
  committedAt: 2000,
  disks: [diskAt('D:\\ferry\\m4\\system.vhdx')],
};
const FRESH = ['D:\\ferry\\dc02-3F2504E0\\system.vhdx'];
const on = (...kept: readonly KeptFacts[]) => hostFacts('hv-b', { kept });

describe('the place of a VM at its target', () => {
  it('is where the newest of its disks lie that are whole', () => {
    expect(placeOn(vm, on())).toEqual({ paths: FRESH });
    const { kind, folder, committedAt, bytes } = LEFT;
    expect(placeOn(vm, on(LEFT))).toEqual({
      paths: ['D:\\VMs\\dc02\\system.vhdx'],
      base: { kind, folder, committedAt, bytes },
    });
    expect(placeOn(vm, on(LEFT, RECEIVED)).base?.folder).toBe('D:\\ferry\\m4');
    expect(placeOn(vm, on(RECEIVED, { ...LEFT, committedAt: 3000 })).base?.kind).toBe(
      'left behind',
    );
  });

  it.each<[string, Partial<KeptFacts>]>([
    ['another VM’s', { vm: { id: 'other', name: vm.name } }],
    ['used by a VM', { usedBy: 'web' }],
    ['not whole', { disks: [] }],
    ['of another size', { disks: [diskAt('D:\\a.vhdx', { virtualBytes: 1 })] }],
    ['of another slot', { disks: [diskAt('D:\\a.vhdx', { disk: 'IDE 0:0' })] }],
    ['of another format', { disks: [diskAt('D:\\a.vhd')] }],
    ['on another volume', { disks: [diskAt('E:\\a.vhdx')] }],
    ['more', { disks: [diskAt('D:\\a.vhdx'), diskAt('D:\\b.vhdx', { disk: 'x' })] }],
  ])('is a new one where what lies there is %s', (_what, changes) => {
    expect(placeOn(vm, on({ ...LEFT, ...changes }))).toEqual({ paths: FRESH });
  });

  it('is the copy that an alignment keeps: it gives it up', () => {
    expect(placeOn(vm, on({ ...RECEIVED, usedBy: 'm4' })).base?.kind).toBe('received');
    const own = { ...LEFT, operation: 'm1', usedBy: 'm1' };
    expect(placeOn(vm, on(own)).base?.kind).toBe('left behind');
  });
});

describe('what a plan asks for that begins from disks that lie there', () => {
  const subject = subjectOf({ vm, target: on(LEFT) });
  const { plan } = makePlan(subject, { findings: [] });

  it('is the space beside them', () => {
    const whole = makePlan(subjectOf({ vm, target: on() }), { findings: [] }).plan;
    expect(plan.base?.bytes).toBe(40 * GIB);
    expect(plan.bytesOnTargetMax).toBe(whole.bytesOnTargetMax);
    expect(claimOf(whole, 'm5').bytes - claimOf(plan, 'm5').bytes).toBe(40 * GIB);
    const none = { ...plan, bytesOnTargetMax: GIB };
    expect(claimOf(none, 'm5').bytes).toBe(0);
  });

  it('is no blocker where the volume is full of them', () => {
    const free = (kept: readonly KeptFacts[]) => {
      const volumes = hostFacts('hv-b').volumes.map((one) => ({ ...one, bytesFree: 10 * GIB }));
      const target = hostFacts('hv-b', { kept, volumes });
      const found = runChecks(subjectOf({ vm, target }), { method: 'stream', phase: 'plan' });
      return found.find(({ check }) => check === 'free-space');
    };
    expect(free([])).toMatchObject({ severity: 'blocker' });
    expect(free([LEFT])?.severity).not.toBe('blocker');
  });

  it('is kept when it is planned anew, and told of an alignment; a live move has none', () => {
    const own = { bytesReserved: 0, memoryBytesReserved: 0, slotsReserved: 0 };
    const again = replan({
      before: plan,
      subject: { ...subjectOf({ vm, target: on(RECEIVED) }), own },
      measured: {},
    } as unknown as Parameters<typeof replan>[0]);
    expect('plan' in again && [again.plan.base, again.plan.disks]).toEqual([plan.base, plan.disks]);
    const aligned = makeAlignmentPlan(subject, { findings: [], everySeconds: 900 });
    expect(aligned.base).toEqual(plan.base);
    expect(makePlan(subject, { findings: [], pathsOf: () => FRESH }).plan).not.toHaveProperty(
      'base',
    );
  });
});
