/** Starting, stopping and configuring VMs: facts A.9 and A.10. */

import { Problem } from '../../../../src/domain/problem.ts';
import { guestStatus, withJobLock } from '../../../../src/hosts/lab/control.ts';
import { startVm, stopVm } from '../../../../src/hosts/lab/machine.ts';
import { changeVm, type LabVm } from '../../../../src/hosts/lab/state.ts';
import { type Call, failure, type Handler, type Handlers, vmsOf } from '../call.ts';
import type { SimVm } from '../kept.ts';
import { endFrozen } from '../moves/guest.ts';
import type { VmOverlay } from '../overlay.ts';
import { virtualMachine } from '../shapes/vm.ts';
import { hresult, type WindowsError } from '../wire.ts';

const BY_NAME = { name: 'Name', object: 'VM' } as const;

/** Acts on each VM that is named, and shows it with -Passthru. */
const each =
  (act: (call: Call, vm: SimVm) => Promise<void>): Handler =>
  async (call) => {
    const vms = await vmsOf(call, BY_NAME);
    for (const vm of vms) await act(call, vm);
    if (!call.parameters.flag('Passthru')) return undefined;
    const after = await Promise.all(vms.map(({ host, place }) => call.world.vm(host, place.vmId)));
    return Promise.all(
      after.filter((vm) => vm !== undefined).map((vm) => virtualMachine(call.world, vm)),
    );
  };

/** HRESULTs of what keeps a VM from starting. */
const START_CODES: Readonly<Record<string, number>> = {
  'memory-short': 0x8007000e,
  'disk-missing': 0x80070002,
  'vm-fenced': 0x80070002,
};

async function start(call: Call, vm: SimVm): Promise<void> {
  refuseMoving(call, vm);
  try {
    await startVm(vm.place);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw failure(call, 'start-failed', {
      facts: { vm: vm.lab.name, detail: error.code },
      errorId: 'OperationFailed',
      hresult: hresult(START_CODES[error.code] ?? 0x80004005),
      target: vm.lab.id,
    });
  }
  await settle(call, vm);
}

/** What a test said of the state ends with a start or a stop. */
async function settle(call: Call, vm: SimVm, state?: string): Promise<void> {
  const { state: _, ...overlay } = call.world.kept.vms[vm.place.vmId] ?? vm.overlay;
  call.world.kept.vms[vm.place.vmId] = state === undefined ? overlay : { ...overlay, state };
  await call.world.save();
}

async function stop(call: Call, vm: SimVm): Promise<void> {
  const { parameters, world } = call;
  refuseMoving(call, vm);
  const status = await guestStatus(vm.place);
  if (status === undefined) {
    call.warnings.push(`${vm.lab.name} is already in the specified state.`);
    return settle(call, vm);
  }
  const isForced = parameters.flag('Force') || parameters.flag('TurnOff');
  if (!parameters.flag('TurnOff')) {
    const seconds = world.pace.stopMilliseconds / 1000;
    if (vm.overlay.services.shutdown && (await stopVm(vm.place, seconds)))
      return settle(call, vm, parameters.flag('Save') ? 'Saved' : undefined);
    if (!isForced)
      throw failure(call, 'will-not-stop', {
        facts: { vm: vm.lab.name },
        hresult: hresult(0x800705b4),
        category: 'OperationTimeout',
        target: vm.lab.id,
      });
  }
  if (status !== 'silent') await endFrozen(status.pid, vm.place);
  await withJobLock(vm.place, () => changeVm(vm.place, { running: false }));
  return settle(call, vm);
}

function refuseMoving(call: Call, vm: SimVm): void {
  if (call.world.moveOf(vm.lab.id) !== undefined) throw busy(call, vm);
}

const busy = (call: Call, vm: SimVm): WindowsError =>
  failure(call, 'busy', {
    facts: { vm: vm.lab.name },
    errorId: 'InvalidState',
    category: 'InvalidOperation',
    hresult: hresult(0x80041001),
  });

async function set(call: Call, vm: SimVm): Promise<void> {
  const { parameters, world } = call;
  const lab: { -readonly [K in keyof LabVm]?: LabVm[K] } = {};
  const action = parameters.member('AutomaticStartAction', 'StartAction');
  if (action !== undefined) lab.startAction = action as LabVm['startAction'];
  // A null of PowerShell arrives as an empty text.
  if (parameters.names().includes('notes')) lab.notes = parameters.text('Notes') ?? '';
  const name = parameters.text('NewVMName');
  if (name !== undefined) lab.name = name;
  const startup = parameters.number('MemoryStartupBytes');
  if (startup !== undefined) lab.memoryStartupBytes = startup;
  const processors = parameters.number('ProcessorCount');
  if (processors !== undefined) lab.processors = processors;
  if (Object.keys(lab).length > 0) await withJobLock(vm.place, () => changeVm(vm.place, lab));

  const overlay: { -readonly [K in keyof VmOverlay]?: VmOverlay[K] } = {};
  const stopAction = parameters.member('AutomaticStopAction', 'StopAction');
  if (stopAction !== undefined) overlay.stopAction = stopAction as VmOverlay['stopAction'];
  const delay = parameters.number('AutomaticStartDelay');
  if (delay !== undefined) overlay.startDelay = delay;
  const checkpoints = parameters.member('CheckpointType', 'CheckpointType');
  if (checkpoints !== undefined) overlay.checkpointType = checkpoints;
  const automatic = parameters.bool('AutomaticCheckpointsEnabled');
  if (automatic !== undefined) overlay.automaticCheckpoints = automatic;
  if (Object.keys(overlay).length > 0) await world.changeVm(vm, overlay);
}

async function setProcessor(call: Call, vm: SimVm): Promise<void> {
  const { parameters, world } = call;
  if ((await world.stateOf(vm)) !== 'Off') throw busy(call, vm);
  const { processor } = vm.overlay;
  await world.changeVm(vm, {
    processor: {
      ...processor,
      compatibleForMigration:
        parameters.bool('CompatibilityForMigrationEnabled') ?? processor.compatibleForMigration,
      exposesVirtualization:
        parameters.bool('ExposeVirtualizationExtensions') ?? processor.exposesVirtualization,
    },
  });
}

export const powerHandlers: Handlers = {
  'Start-VM': each(start),
  'Stop-VM': each(stop),
  'Save-VM': each(async (call, vm) => {
    refuseMoving(call, vm);
    await stopVm(vm.place, call.world.pace.stopMilliseconds / 1000);
    await settle(call, vm, 'Saved');
  }),
  'Set-VM': each(set),
  'Set-VMProcessor': async (call) => {
    for (const vm of await vmsOf(call)) await setProcessor(call, vm);
  },
};
