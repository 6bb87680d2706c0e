/** A VM that somebody shut down before it is moved, as a run of the lab. */

import { migrationOf } from '../domain/journal.ts';
import type { Plan } from '../domain/plan.ts';
import { personShutsDown, personStarts } from '../hosts/lab/power.ts';
import { check } from './checker.ts';
import { mustBeRefused } from './deeds.ts';
import type { Fault } from './faults.ts';
import { heldAt } from './holds.ts';
import type { Lab } from './machine.ts';
import { digestOfFile } from './report.ts';
import { openLabDesk } from './session.ts';

export const OFF: Fault = {
  name: 'vm-is-off',
  what: 'the VM was shut down before; a person tries to start it at the source while it is copied',
  end: 'migrated',
  ends: 'the start is refused; migrates, off as it was, every disk equal; then it starts at the target',
  before: (lab, vm) => personShutsDown(lab.directory, 'hv-a', vm),
  ...heldAt('copyLastRound', 'hv-a'),
  act: (lab, { vm }) => mustBeRefused(() => personStarts(lab.directory, 'hv-a', vm)),
  after: async (lab, operation) => {
    await using desk = await openLabDesk(lab);
    const { plan } = migrationOf(await desk.store.read(operation));
    await mustBeOff(lab, plan);
    await mustBeEqual(plan);
    await personStarts(lab.directory, 'hv-b', plan.vm.name);
    return undefined;
  },
};

async function mustBeOff({ directory }: Lab, plan: Plan): Promise<void> {
  const { vms } = await check(directory);
  const vm = vms.find(({ name }) => name === plan.vm.name);
  if (vm?.home === 'hv-b' && vm.runningOn.length === 0) return;
  throw new Error(`${plan.vm.name} is not off on hv-b, where it can be started`);
}

/** The disks themselves, on both hosts: nothing runs that could change them. */
async function mustBeEqual({ vm, disks }: Plan): Promise<void> {
  for (const { id, sourcePath, targetPath } of disks) {
    const [kept, copied] = [await digestOfFile(sourcePath), await digestOfFile(targetPath)];
    if (kept !== copied) throw new Error(`${id} of ${vm.name} differs on hv-a and hv-b`);
  }
}
