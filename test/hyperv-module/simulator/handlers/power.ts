/** Starting, stopping and configuring VMs: facts A.9 and A.10. */

import { guestStatus } from '../../../../src/hosts/lab/control.ts';
import { stopVm } from '../../../../src/hosts/lab/machine.ts';
import type { LabVm } from '../../../../src/hosts/lab/state.ts';
import {
  busy,
  type Call,
  failure,
  type Handler,
  type Handlers,
  refuseMoving,
  vmsOf,
} from '../call.ts';
import type { SimVm } from '../kept.ts';
import { settle, shutDown, startMachine, turnOff } from '../machine.ts';
import type { VmOverlay } from '../overlay.ts';
import { virtualMachine } from '../shapes/vm.ts';
import { hresult } from '../wire.ts';

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

async function start(call: Call, vm: SimVm): Promise<void> {
  refuseMoving(call, vm);
  await startMachine(call.world, vm);
}

async function stop(call: Call, vm: SimVm): Promise<void> {
  const { parameters, world } = call;
  refuseMoving(call, vm);
  if ((await guestStatus(vm.place)) === undefined) {
    call.warnings.push(`${vm.lab.name} is already in the specified state.`);
    return settle(world, vm);
  }
  if (!parameters.flag('TurnOff')) {
    const state = parameters.flag('Save') ? { state: 'Saved' } : {};
    if (await shutDown(world, vm, state)) return;
    if (!parameters.flag('Force'))
      throw failure(call, 'will-not-stop', {
        facts: { vm: vm.lab.name },
        hresult: hresult(0x800705b4),
        category: 'OperationTimeout',
        target: vm.lab.id,
      });
  }
  await turnOff(world, vm);
}

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
  if (Object.keys(lab).length > 0) await world.changeLab(vm, () => lab);

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
    await settle(call.world, vm, 'Saved');
  }),
  'Set-VM': each(set),
  'Set-VMProcessor': async (call) => {
    for (const vm of await vmsOf(call)) await setProcessor(call, vm);
  },
};
