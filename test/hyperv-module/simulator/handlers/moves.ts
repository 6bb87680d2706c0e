/** Compare-VM and Move-VM: facts A.4 and A.5. */

import { randomUUID } from 'node:crypto';
import { busy, type Call, failure, type Handlers, oneVm } from '../call.ts';
import type { SimVm } from '../kept.ts';
import { type Objection, objectionsTo, refuseUnreachable } from '../moves/compare.ts';
import { JOB_STATE, type MoveJob, type MoveRequest } from '../moves/job.ts';
import { moveRequest, refusePlaces } from '../moves/request.ts';
import { beginMove } from '../moves/run.ts';
import { compatibilityReport } from '../shapes/report.ts';
import { virtualMachine } from '../shapes/vm.ts';
import { type DoubleObject, hresult, WindowsError } from '../wire.ts';
import { compareImport, isImport } from './import.ts';

const BY_NAME = { name: 'Name', object: 'VM', id: 'Id' } as const;

export const moveHandlers: Handlers = {
  'Compare-VM': async (call) => {
    if (isImport(call)) return compareImport(call);
    const { vm, request } = await asked(call);
    refuseUnreachable(call, request);
    await refuseKnown(call, request);
    await refusePlaces(call, request);
    const objections = await objectionsTo(call, vm, request);
    await planFor(call, request);
    return reportOf(call, { vm, request, objections });
  },

  'Move-VM': async (call) => {
    const { vm, request } = await asked(call);
    refuseUnreachable(call, request);
    await refuseBusy(call, vm);
    await refuseKnown(call, request);
    await refusePlaces(call, request);
    refuseWithoutSlot(call, request);
    const objections = await objectionsTo(call, vm, request);
    if (objections.length > 0) throw incompatible(call, vm, objections);
    const job = await beginMove(call.world, request);
    const output = async () => {
      await job.over;
      refuseFailed(job);
      const moved = await call.world.vm(request.target, request.vmId);
      return call.parameters.flag('Passthru') && moved
        ? virtualMachine(call.world, moved)
        : undefined;
    };
    call.rest = { id: job.instanceId, output };
    return undefined;
  },
};

/** Also for the cluster's own move. @throws WindowsError */
export function refuseFailed(job: MoveJob): void {
  if (job.state === JOB_STATE.completed) return;
  throw new WindowsError(job.error?.message ?? '', {
    hresult: job.error?.hresult ?? 0,
    errorId: 'OperationFailed',
    category: 'NotSpecified',
    target: job.request.vmId,
  });
}

/** A report of this simulator, or the parameters. */
async function asked(call: Call): Promise<{ vm: SimVm; request: MoveRequest }> {
  const { parameters, world } = call;
  const [report] = parameters.objects('CompatibilityReport');
  const request = report === undefined ? undefined : world.reports.get(report.$id ?? '');
  if (request !== undefined) {
    const vm = await world.vm(request.source, request.vmId);
    if (vm !== undefined) return { vm, request };
  }
  const vm = await oneVm(call, BY_NAME);
  if (world.groupOf(vm.lab.id) !== undefined)
    throw failure(call, 'clustered', {
      facts: { vm: vm.lab.name },
      errorId: 'InvalidState',
      category: 'InvalidOperation',
      hresult: hresult(0x80070032),
    });
  return { vm, request: await moveRequest(call, vm) };
}

/** Another VM of this Id at the target, be it planned. @throws WindowsError */
async function refuseKnown(call: Call, { target, vmId, name }: MoveRequest): Promise<void> {
  const planned = call.world.plannedOn(target).some((each) => each.vmId === vmId);
  const there = await call.world.vm(target, vmId);
  if (!planned && there === undefined) return;
  throw failure(call, 'exists', {
    facts: { vm: name, host: target },
    errorId: 'ObjectAlreadyExists',
    category: 'ResourceExists',
    hresult: hresult(0x80070050),
  });
}

const MOVABLE = ['Running', 'Off', 'Saved', 'Paused'];

/** @throws WindowsError */
export async function refuseBusy(call: Call, vm: SimVm): Promise<void> {
  const isBusy =
    call.world.moveOf(vm.lab.id) !== undefined ||
    vm.lab.merging ||
    vm.overlay.primaryStatus !== 'Ok' ||
    vm.overlay.secondaryStatus !== undefined ||
    !MOVABLE.includes(await call.world.stateOf(vm));
  if (isBusy) throw busy(call, vm);
}

/** @throws WindowsError 21501 at either end's limit */
export function refuseWithoutSlot(call: Call, { source, target, way, name }: MoveRequest): void {
  const { world } = call;
  for (const host of [source, target]) {
    const running = world.moves.filter(
      ({ isOver, request }) => !isOver && [request.source, request.target].includes(host),
    );
    const stored = running.filter(({ request }) => request.way === 'storage');
    const { migration, otherMoves } = world.overlayOf(host);
    const isFull =
      running.length + otherMoves >= migration.movesMax ||
      (way === 'storage' && stored.length + otherMoves >= migration.storageMovesMax);
    if (!isFull) continue;
    throw failure(call, 'limit', {
      facts: { vm: name, host },
      errorId: 'OperationFailed',
      category: 'LimitsExceeded',
      hresult: hresult(0x80048053),
    });
  }
}

function incompatible(call: Call, vm: SimVm, objections: readonly Objection[]): WindowsError {
  const details = objections.map(({ message }) => message).join(' ');
  return failure(call, 'incompatible', {
    facts: { vm: vm.lab.name, details },
    errorId: 'OperationFailed',
    category: 'NotSpecified',
    hresult: hresult(0x80048055),
  });
}

/** The check's own planned VM, which goes away by itself a while later. */
async function planFor(call: Call, { target, vmId, name }: MoveRequest): Promise<void> {
  const { world } = call;
  await world.plan({ host: target, vmId, name });
  if (world.faults.take('planned-vm-left', { vm: [vmId, name] })) return;
  world.later(world.pace.plannedMilliseconds, async () => {
    if (world.moveOf(vmId) === undefined) await world.unplan({ host: target, vmId });
  });
}

async function reportOf(
  call: Call,
  {
    vm,
    request,
    objections,
  }: { vm: SimVm; request: MoveRequest; objections: readonly Objection[] },
): Promise<DoubleObject> {
  const id = randomUUID();
  call.world.reports.set(id, request);
  const operation =
    request.way === 'storage' ? 'MoveVirtualMachineAndStorage' : 'MoveVirtualMachine';
  return compatibilityReport({
    id,
    vm: await virtualMachine(call.world, vm),
    operation,
    destination: request.target,
    path: request.folders.configuration,
    snapshotPath: request.folders.snapshots,
    objections,
  });
}
