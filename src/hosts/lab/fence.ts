/** The fence: adapters unplugged and leaf disks renamed, so that nobody starts the VM by mistake. */

import { rename } from 'node:fs/promises';
import { Problem } from '../../domain/problem.ts';
import { exists, FENCED } from '../files.ts';
import { nobody, realDisks, removeCheckpoints } from './checkpoints.ts';
import { whileOff } from './control.ts';
import { leafFile, type Place } from './layout.ts';
import { refuseForeign } from './rounds.ts';
import { changeVm, type LabDisk, type LabVm, requireVm } from './state.ts';

/** @throws Problem `vm-running`, `foreign-checkpoint`, `disk-missing` */
export async function fence(place: Place): Promise<void> {
  await requiredOff(place, async () => {
    const vm = await requireVm(place);
    refuseForeign(place, vm);
    if (vm.merging || vm.merge) await removeCheckpoints(place, [], nobody);
    await changeVm(place, { unplugged: true });
    await renameLeaves(place.host, realDisks((await requireVm(place)).disks));
  });
}

/** @throws Problem `fence-name-taken`, `disk-missing` */
export async function unfence(place: Place): Promise<void> {
  const wasOff = await whileOff(place, async () => {
    await restoreLeaves(place.host, realDisks((await requireVm(place)).disks));
    await changeVm(place, { unplugged: false });
  });
  // A VM that runs has its disks' names: a fence that was begun took at most its network.
  if (!wasOff) await changeVm(place, { unplugged: false });
}

export async function isFenced(vm: LabVm): Promise<boolean> {
  for (const { path } of realDisks(vm.disks)) {
    if ((await exists(path)) || !(await exists(path + FENCED))) return false;
  }
  return vm.unplugged;
}

/** Names what is not yet named so. @throws Problem `disk-missing`, `fence-name-taken` */
export async function renameLeaves(host: string, disks: readonly LabDisk[]): Promise<void> {
  for (const { path } of disks) await renamed(host, path, path + FENCED);
}

/** The way back. @throws Problem `disk-missing`, `fence-name-taken` */
export async function restoreLeaves(host: string, disks: readonly LabDisk[]): Promise<void> {
  for (const { path } of disks) await renamed(host, path + FENCED, path);
}

/** Acts while the VM is off and cannot start. @throws Problem `vm-running` */
export async function requiredOff(place: Place, act: () => Promise<void>): Promise<void> {
  if (await whileOff(place, act)) return;
  throw new Problem('vm-running', { host: place.host, vm: place.vmId });
}

async function renamed(host: string, from: string, to: string): Promise<void> {
  if (!(await exists(from))) {
    if (await exists(to)) return;
    throw new Problem('disk-missing', { host, file: from });
  }
  if (await exists(to)) throw new Problem('fence-name-taken', { host, file: to });
  await rename(from, to);
}

/** The files that a fenced VM's disks are in, by disk. */
export async function releasedLeaves(vm: LabVm): Promise<Record<string, string>> {
  const pairs = realDisks(vm.disks).map(
    async ({ id, path }) => [id, await leafFile(path)] as const,
  );
  return Object.fromEntries(await Promise.all(pairs));
}
