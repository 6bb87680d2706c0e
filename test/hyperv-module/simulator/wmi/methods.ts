/** Invoke-CimMethod: methods by the class that has them, with their return values. */

import { type Call, failure, type Handler } from '../call.ts';
import type { MessageKey } from '../messages.ts';
import { type DoubleObject, hresult, type WindowsError } from '../wire.ts';
import { keyOfInstance, referenceTo } from './instances.ts';
import { managementMethods } from './management-methods.ts';
import { type Method, type MethodResult, type Methods, RETURNED } from './method.ts';
import { snapshotMethods } from './snapshot-methods.ts';

const requestStateChange: Method = {
  takes: { RequestedState: 'uint16', TimeoutPeriod: 'datetime' },
  act: ({ call, object, given }) => {
    const { world } = call;
    const key = keyOfInstance(object);
    const job = world.moves.find(({ instanceId, isDropped }) => !isDropped && instanceId === key);
    if (job === undefined) throw wrong(call, { detail: key, code: 0x80041002 });
    const vm = [job.request.vmId, job.request.name];
    const refused = world.faults.take('cancel-refused', { vm });
    if (refused !== undefined) return refused.code;
    if (world.faults.take('cancel-too-late', { vm })) job.cancelIgnored = true;
    return job.requestStateChange(Number(given.RequestedState));
  },
};

const CLASSES: Readonly<Record<string, Methods>> = {
  Msvm_MigrationJob: { RequestStateChange: requestStateChange },
  Msvm_ConcreteJob: {
    RequestStateChange: { ...requestStateChange, act: () => RETURNED.notSupported },
  },
  Msvm_VirtualSystemSnapshotService: snapshotMethods,
  Msvm_VirtualSystemManagementService: managementMethods,
};

export const invokeMethod: Handler = async (call) => {
  const { parameters } = call;
  const [object] = parameters.objects('InputObject');
  const name = parameters.text('MethodName') ?? '';
  const methods = CLASSES[object?.$type ?? ''] ?? {};
  const method = methods[named(methods, name) ?? ''];
  if (object === undefined || method === undefined)
    throw wrong(call, { detail: name, code: 0x8004102e });
  const given = argumentsOf(call, method);
  return resultOf(call, await method.act({ call, object, given }));
};

const named = (of: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  Object.keys(of).find((each) => each.toLowerCase() === name.toLowerCase());

/** @throws WindowsError for an argument that the method has not, or of another type */
function argumentsOf(call: Call, { takes }: Method): Record<string, unknown> {
  const told = (call.parameters.raw('Arguments') ?? {}) as Record<string, unknown>;
  const types = (call.parameters.raw('ArgumentTypes') ?? {}) as Record<string, string>;
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(told)) {
    const known = named(takes, name);
    const declared = takes[known ?? ''];
    if (known === undefined || declared === undefined)
      throw wrong(call, { detail: name, code: 0x80041008 });
    // CIM converts nothing: `4` is a sint32, and no uint16.
    const type = types[name] ?? (typeof value === 'object' ? 'ref' : declared);
    if (type !== declared)
      throw wrong(call, { detail: name, code: 0x80041005, key: 'type-mismatch' });
    given[known] = value;
  }
  return given;
}

const resultOf = (call: Call, result: MethodResult): DoubleObject => ({
  $type: 'Msvm_MethodResult',
  ReturnValue: typeof result === 'number' ? result : RETURNED.jobStarted,
  Job:
    typeof result === 'number'
      ? null
      : referenceTo(call, 'Msvm_ConcreteJob', result.job.instanceId),
});

const wrong = (
  call: Call,
  { detail, code, key = 'parameter-wrong' }: { detail: string; code: number; key?: MessageKey },
): WindowsError =>
  failure(call, key, {
    facts: { detail },
    errorId: `HRESULT 0x${code.toString(16)},Microsoft.Management.Infrastructure.CimCmdlets.InvokeCimMethodCommand`,
    category: code === 0x80041002 ? 'ObjectNotFound' : 'InvalidArgument',
    hresult: hresult(code),
  });
