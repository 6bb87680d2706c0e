/** What the methods of all classes share: return values, arguments, and the jobs that they begin. */

import { type Call, failure } from '../call.ts';
import type { MessageKey } from '../messages.ts';
import type { GivenObject } from '../parameters.ts';
import { hresult, type WindowsError } from '../wire.ts';
import { type Affected, beginJob, ConcreteJob } from './concrete-job.ts';

/** Codes of the management service (facts A.12); of the snapshot service those up to 6 are its own. */
export const RETURNED = {
  done: 0,
  jobStarted: 4096,
  failed: 32768,
  notSupported: 32770,
  invalidParameter: 32773,
  inUse: 32774,
  invalidState: 32775,
  incorrectType: 32776,
} as const;

export interface MethodCall {
  readonly call: Call;
  /** What the method is invoked on. */
  readonly object: GivenObject;
  /** By the names that the class declares. */
  readonly given: Readonly<Record<string, unknown>>;
}

export interface Method {
  /** Argument -> CIM type; `ref` for a reference. */
  readonly takes: Readonly<Record<string, string>>;
  readonly act: (method: MethodCall) => Promise<MethodResult> | MethodResult;
}
export type MethodResult = number | { readonly job: ConcreteJob };
export type Methods = Readonly<Record<string, Method>>;

/** Begins a job on a VM; what it affects beside the VM is the work's. */
export function started(
  { world, host }: Call,
  { vmId, caption }: { vmId: string; caption: string },
  work: () => Promise<readonly Affected[]>,
): MethodResult {
  const job = new ConcreteJob({ host: host.name, vmId, caption });
  job.affected.push({ className: 'Msvm_ComputerSystem', key: vmId });
  beginJob(world, job, work);
  return { job };
}

/** What a job ends with, in Windows' words. */
export const jobFailure = (
  call: Call,
  key: MessageKey,
  { vm, code }: { vm: string; code: number },
): WindowsError => {
  const hex = `0x${(code >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
  return failure(call, key, { facts: { vm, code: hex }, hresult: hresult(code) });
};
