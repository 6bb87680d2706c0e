import { describe, expect, it } from '@jest/globals';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { LeftCopy } from '../../src/migration/kept.ts';
import { retireSource } from '../../src/migration/steps/retire-source.ts';
import { vmFacts } from '../preflight/facts.ts';
import { journal, opened, stepContext, upTo } from './journals.ts';

const [disk] = vmFacts().disks;
const on = (path: string): VmFacts => vmFacts({ disks: disk ? [{ ...disk, path }] : [] });
const CHAIN = 'D:\\VMs\\system_1.avhdx';
const BASE = 'D:\\VMs\\system.vhdx';

/** A source whose VM stands on a checkpoint until that is merged. `cutAt`: where the worker dies. */
function source(vm: VmFacts | undefined, cutAt = '') {
  const host = { vm };
  const acts: string[] = [];
  const left: LeftCopy[] = [];
  const act = (name: string): void => {
    if (name === cutAt) throw new Error(`Cut at ${name}`);
    acts.push(name);
  };
  const ports = {
    stream: { withdraw: async () => act('withdraw') },
    notebook: { read: async () => ({ round: 4, ended: {}, stoppedByUs: true }) },
    host: {
      vm: async () => host.vm,
      stopTracking: async () => {
        act('stopTracking');
        host.vm = on(BASE);
      },
      exportDefinition: async () => ({ vmId: 'dc02-id', bytes: Buffer.from('two processors') }),
      unregister: async () => {
        act('unregister');
        host.vm = undefined;
      },
    },
    kept: {
      leave: async (copy: LeftCopy) => {
        act('leave');
        left.push(copy);
        return 5;
      },
    },
  };
  const entries = journal(...upTo('retireSource'));
  const context = stepContext(opened, entries, ports);
  return { run: () => retireSource.run(context), acts, left };
}

describe('the source of a VM that moved', () => {
  it('keeps its merged disks and its definition before the VM is unregistered', async () => {
    const { run, acts, left } = source(on(CHAIN));
    expect(await run()).toEqual({ keptUntil: 5 });
    expect(acts).toEqual(['withdraw', 'stopTracking', 'leave', 'unregister']);
    expect(left).toEqual([
      {
        vm: opened.plan.vm,
        operation: 'm1',
        round: 4,
        disks: [{ disk: 'SCSI 0:0', path: BASE }],
        definition: { vmId: 'dc02-id', bytes: Buffer.from('two processors') },
      },
    ]);
  });

  it('does not unregister what it could not keep', async () => {
    const { run, acts } = source(on(CHAIN), 'leave');
    await expect(run()).rejects.toThrow('Cut at leave');
    expect(acts).not.toContain('unregister');
  });

  it('has nothing left to do where the VM is gone', async () => {
    const { run, acts, left } = source(undefined);
    expect(await run()).toEqual({});
    expect([acts, left]).toEqual([['withdraw'], []]);
  });
});
