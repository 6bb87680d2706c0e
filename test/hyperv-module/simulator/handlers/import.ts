/** Compare-VM of a definition, Import-VM and Remove-VM: facts A.4, A.9, A.10 and D.8. */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { nobody, removeCheckpoints } from '../../../../src/hosts/lab/checkpoints.ts';
import { whileOff } from '../../../../src/hosts/lab/control.ts';
import { vmFile } from '../../../../src/hosts/lab/layout.ts';
import { busy, type Call, failure, type Handlers, vmsOf } from '../call.ts';
import { toJoin } from '../checkpoints/chains.ts';
import { definitionFiles } from '../definitions/definition-file.ts';
import { objectionsToImport, planImport, realise } from '../definitions/import.ts';
import { keyOf, type SimVm } from '../kept.ts';
import type { Objection } from '../moves/compare.ts';
import { compatibilityReport } from '../shapes/report.ts';
import { virtualMachine } from '../shapes/vm.ts';
import { type DoubleObject, hresult, type WindowsError } from '../wire.ts';

/** Whether a call is about a definition rather than a move. */
export const isImport = ({ parameters, world }: Call): boolean => {
  const [report] = parameters.objects('CompatibilityReport');
  return parameters.has('Path') || world.importReports.has(report?.$id ?? '');
};

export async function compareImport(given: Call): Promise<DoubleObject> {
  const call = await there(given);
  const vm = await plannedOf(call);
  return reportOf(call, vm, await objectionsToImport(call, vm));
}

/** A report is of its host, wherever it is used. */
async function there(call: Call): Promise<Call> {
  const [report] = call.parameters.objects('CompatibilityReport');
  const known = call.world.importReports.get(report?.$id ?? '');
  if (known === undefined || known.host === call.host.name) return call;
  return { ...call, host: await call.world.host(known.host) };
}

/** The planned VM that a report is about, or a new one of the definition that is named. */
async function plannedOf(call: Call): Promise<SimVm> {
  const { parameters, world } = call;
  const [report] = parameters.objects('CompatibilityReport');
  if (report === undefined) return planImport(call, orderOf(call));
  const known = world.importReports.get(report.$id ?? '');
  const vm = known && world.importOf(known.host, known.vmId);
  if (vm) return vm;
  // Imported already, or its planned VM was destroyed.
  throw failure(call, 'parameter-wrong', {
    facts: { detail: 'CompatibilityReport' },
    errorId: 'InvalidParameter',
    category: 'InvalidArgument',
    hresult: hresult(0x80070057),
  });
}

function orderOf({ parameters, world }: Call) {
  const path = parameters.text('Path') ?? '';
  const configuration = parameters.text('VirtualMachinePath');
  const disks = parameters.text('VhdDestinationPath');
  const copy = {
    ...(configuration === undefined ? {} : { configuration: world.real(configuration) }),
    ...(disks === undefined ? {} : { disks: world.real(disks) }),
  };
  return {
    path,
    ...(parameters.flag('Copy') ? { copy } : {}),
    ...(parameters.flag('GenerateNewId') ? { newId: randomUUID() } : {}),
  };
}

async function reportOf(
  call: Call,
  vm: SimVm,
  objections: readonly Objection[],
): Promise<DoubleObject> {
  const id = randomUUID();
  call.world.importReports.set(id, { host: vm.host, vmId: vm.lab.id });
  return compatibilityReport({
    id,
    vm: await virtualMachine(call.world, vm),
    operation: 'ImportVirtualMachine',
    destination: call.host.name,
    path: vm.overlay.configurationPath,
    snapshotPath: vm.overlay.snapshotPath,
    objections,
  });
}

async function importVm(given: Call): Promise<DoubleObject> {
  const call = await there(given);
  const planned = await plannedOf(call);
  const objections = await objectionsToImport(call, planned);
  if (objections.length > 0) {
    // Without a report nobody can mend it: then nothing stays planned either.
    if (call.parameters.has('Path')) await call.world.forgetImport(planned);
    throw incompatible(call, planned, objections);
  }
  return virtualMachine(call.world, await realise(call, planned));
}

const incompatible = (call: Call, vm: SimVm, objections: readonly Objection[]): WindowsError =>
  failure(call, 'import-incompatible', {
    facts: { vm: vm.lab.name, details: objections.map(({ message }) => message).join(' ') },
    errorId: 'OperationFailed',
    category: 'NotSpecified',
    hresult: hresult(0x80048055),
    target: vm.lab.id,
  });

/** The configuration goes, and with it its files; disks stay (facts A.9). */
async function remove(call: Call, vm: SimVm): Promise<void> {
  const { world } = call;
  const isGone = await whileOff(vm.place, async () => {
    const names = vm.lab.checkpoints.map(({ name }) => name);
    if ((await toJoin({ ...vm.lab, checkpoints: [] })).length > 0)
      await removeCheckpoints(vm.place, names, nobody);
    await rm(vmFile(vm.place), { force: true });
  });
  if (!isGone) throw busy(call, vm);
  const { definition } = vm.overlay;
  if (definition !== undefined)
    for (const file of definitionFiles(definition)) await rm(file, { force: true });
  delete world.kept.vms[keyOf(vm.place)];
  await world.save();
}

export const importHandlers: Handlers = {
  'Import-VM': importVm,
  'Remove-VM': async (call) => {
    for (const vm of await vmsOf(call, { name: 'Name', object: 'VM' })) await remove(call, vm);
  },
};
