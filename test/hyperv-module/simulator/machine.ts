/** Starting and stopping a VM as the management service does it, whoever asks: facts A.9. */

import { Problem } from '../../../src/domain/problem.ts';
import { guestStatus, withJobLock } from '../../../src/hosts/lab/control.ts';
import { startVm, stopVm } from '../../../src/hosts/lab/machine.ts';
import { changeVm } from '../../../src/hosts/lab/state.ts';
import { removeSnapshots, takeSnapshot } from './checkpoints/snapshots.ts';
import { keyOf, type SimVm } from './kept.ts';
import { messageOf } from './messages.ts';
import { endFrozen } from './moves/guest.ts';
import { hresult, WindowsError } from './wire.ts';
import type { World } from './world.ts';

/** HRESULTs of what keeps a VM from starting. */
const START_CODES: Readonly<Record<string, number>> = {
  'memory-short': 0x8007000e,
  'disk-missing': 0x80070002,
  'vm-fenced': 0x80070002,
  'disk-wrong-parent': 0xc03a000e,
  'disk-parent-missing': 0xc03a000d,
};

/** @throws WindowsError */
export async function startMachine(world: World, vm: SimVm): Promise<void> {
  const closed = await world.attachments.closedTo(vm);
  if (closed !== undefined) throw refused(world, vm, { what: closed, code: 0x80070005 });
  const { tpm, guardians } = vm.overlay.security;
  const known = world.overlayOf(vm.host).guardians;
  if (tpm && !guardians.every((each) => known.includes(each)))
    throw refused(world, vm, { what: 'key protector', code: 0x80070057 });
  try {
    await startVm(vm.place);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const what = String(error.facts.file ?? error.code);
    throw refused(world, vm, { what, code: START_CODES[error.code] ?? 0x80004005 });
  }
  await settle(world, vm);
  if (vm.overlay.automaticCheckpoints && vm.lab.checkpoints.length === 0)
    await takeSnapshot(world, vm, { type: 'Standard', automatic: true });
}

function refused(
  world: World,
  { host, lab }: SimVm,
  { what, code }: { what: string; code: number },
): WindowsError {
  const hex = `0x${(code >>> 0).toString(16).toUpperCase()}`;
  const facts = { vm: lab.name, detail: `'${world.shown(what)}' (${hex})` };
  return new WindowsError(messageOf('start-failed', world.overlayOf(host).language, facts), {
    errorId: 'OperationFailed',
    hresult: hresult(code),
    target: lab.id,
  });
}

/** What a test said of the state ends with a start or a stop. */
export async function settle(world: World, vm: SimVm, state?: string): Promise<void> {
  const { state: _, ...overlay } = world.kept.vms[keyOf(vm.place)] ?? vm.overlay;
  world.kept.vms[keyOf(vm.place)] = state === undefined ? overlay : { ...overlay, state };
  await world.save();
}

/** Asks the guest. False when it has not ended in time, or cannot be asked. */
export async function shutDown(
  world: World,
  vm: SimVm,
  { state, byHost = false }: { state?: string; byHost?: boolean } = {},
): Promise<boolean> {
  const seconds = world.pace.stopMilliseconds / 1000;
  const names = [vm.lab.id, vm.lab.name];
  const late = world.faults.take('stops-late', { vm: names, host: vm.host });
  if (late !== undefined) {
    world.later(late.milliseconds, async () => {
      await stopVm(vm.place, seconds);
    });
    return false;
  }
  if (!vm.overlay.services.shutdown || !(await stopVm(vm.place, seconds, { byHost }))) return false;
  await settle(world, vm, state);
  await dropAutomatic(world, vm);
  return true;
}

/** As if its power failed. */
export async function turnOff(world: World, vm: SimVm): Promise<void> {
  const status = await guestStatus(vm.place);
  if (status !== undefined && status !== 'silent') await endFrozen(status.pid, vm.place);
  await withJobLock(vm.place, () => changeVm(vm.place, { running: false }));
  await settle(world, vm);
}

/** An automatic checkpoint goes when its VM is off. */
async function dropAutomatic(world: World, { host, place }: SimVm): Promise<void> {
  const now = await world.vm(host, place.vmId);
  if (now === undefined) return;
  const ids = now.lab.checkpoints
    .map(({ id }) => id)
    .filter((id) => now.overlay.checkpoints[id]?.automatic);
  if (ids.length > 0) await removeSnapshots(world, now, ids);
}
