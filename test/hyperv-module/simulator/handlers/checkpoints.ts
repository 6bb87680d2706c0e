/** Checkpoints by cmdlet: facts A.8. Ferry's own are taken by WMI (`../wmi/snapshot-methods.ts`). */

import {
  busy,
  type Call,
  complain,
  failure,
  type Handler,
  type Handlers,
  partsOf,
  refuseMoving,
  vmsOf,
} from '../call.ts';
import { removeSnapshots, takeSnapshot } from '../checkpoints/snapshots.ts';
import type { SimVm } from '../kept.ts';
import { isLike } from '../parameters.ts';
import { snapshotsOf } from '../shapes/devices.ts';
import { type DoubleObject, hresult, type WindowsError } from '../wire.ts';
import { renameSnapshot } from '../wmi/management-methods.ts';
import { isBusy } from '../wmi/snapshot-methods.ts';

const getSnapshots: Handler = async (call) => {
  const { parameters } = call;
  const ids = parameters.texts('Id').map((id) => id.toLowerCase());
  const names = parameters.texts('Name');
  const type = parameters.member('SnapshotType', 'SnapshotType');
  const found = (await vmsOf(call))
    .flatMap((vm) => snapshotsOf(call.world, vm))
    .filter(({ Name }) => names.length === 0 || names.some((name) => isLike(String(Name), name)))
    .filter(({ Id }) => ids.length === 0 || ids.includes(String(Id)))
    .filter((one) => type === undefined || typeNameOf(one) === type);
  const [id] = ids;
  if (id !== undefined && found.length === 0) complain(call, notFound(call, id));
  return found;
};

const typeNameOf = ({ SnapshotType }: DoubleObject): unknown =>
  (SnapshotType as { value: number }).value === 1 ? 'Recovery' : 'Standard';

const notFound = (call: Call, checkpoint: string): WindowsError =>
  failure(call, 'checkpoint-not-found', {
    facts: { checkpoint },
    errorId: 'InvalidParameter',
    category: 'InvalidArgument',
    hresult: hresult(0x80070490),
    target: checkpoint,
  });

interface Named {
  readonly vm: SimVm;
  readonly ids: readonly string[];
}

/** By object, or by VM and name. */
async function named(call: Call): Promise<Named[]> {
  const { parameters, world } = call;
  const given = parameters.objects('VMSnapshot');
  const names = parameters.texts('Name');
  if (given.length === 0) {
    return (await vmsOf(call)).map((vm) => ({
      vm,
      ids: snapshotsOf(world, vm)
        .filter(
          ({ Name }) => names.length === 0 || names.some((name) => isLike(String(Name), name)),
        )
        .map(({ Id }) => String(Id)),
    }));
  }
  const found: Named[] = [];
  for (const object of given) {
    const [host = '', vmId = '', id = ''] = partsOf(object);
    const vm = await world.vm(host, vmId);
    if (vm?.lab.checkpoints.some((each) => each.id === id)) found.push({ vm, ids: [id] });
    else complain(call, notFound(call, id));
  }
  return found;
}

const removeNamed: Handler = async (call) => {
  for (const { vm, ids } of await named(call)) {
    refuseMoving(call, vm);
    const first = vm.lab.checkpoints.findIndex(({ id }) => ids.includes(id));
    const all = call.parameters.flag('IncludeAllChildSnapshots')
      ? vm.lab.checkpoints.slice(Math.max(first, 0)).map(({ id }) => id)
      : ids;
    if (all.length > 0) await removeSnapshots(call.world, vm, all);
  }
};

const rename: Handler = async (call) => {
  const name = call.parameters.text('NewName') ?? '';
  for (const { vm, ids } of await named(call)) {
    for (const id of ids) {
      const now = (await call.world.vm(vm.host, vm.place.vmId)) ?? vm;
      await renameSnapshot(call, now, { id, name });
    }
  }
};

const checkpoint: Handler = async (call) => {
  const { parameters, world } = call;
  const shown: DoubleObject[] = [];
  for (const vm of await vmsOf(call, { name: 'Name', object: 'VM' })) {
    if (vm.overlay.checkpointType === 'Disabled' || (await isBusy(call, vm))) throw busy(call, vm);
    const name = parameters.text('SnapshotName');
    const plain = { type: 'Standard' } as const;
    const id = await takeSnapshot(world, vm, name === undefined ? plain : { ...plain, name });
    const now = await world.vm(vm.host, vm.place.vmId);
    shown.push(...(now ? snapshotsOf(world, now) : []).filter(({ Id }) => Id === id));
  }
  return parameters.flag('Passthru') ? shown : undefined;
};

export const checkpointHandlers: Handlers = {
  'Get-VMSnapshot': getSnapshots,
  'Remove-VMSnapshot': removeNamed,
  'Rename-VMSnapshot': rename,
  'Checkpoint-VM': checkpoint,
};
