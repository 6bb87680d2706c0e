/** What the parts of the driver share: which host, by which PowerShell, and where its effects are fenced. */

import { join } from 'node:path';
import type { Token } from '../../domain/journal.ts';
import { turnMergingOn } from './definition/merging.ts';
import { scriptFile } from './script-file.ts';
import type { PowerShell } from './shell/powershell.ts';
import type { Call } from './shell/shell.ts';

export interface HyperVOptions {
  /** The host's name in Ferry. */
  readonly name: string;
  readonly powershell: PowerShell;
  /** The Windows host where that is not this machine: it cannot run a worker, and a neighbour's serves it. */
  readonly computerName?: string;
  /** The volume for VMs that come here, instead of the host's own default. */
  readonly vmVolume?: string;
  /** A folder of the worker: the epochs of VMs. */
  readonly stateFolder: string;
}

/** Runs a script that changes nothing. @throws Problem as `PowerShell.ask` */
export const ask = <T>(
  { powershell, computerName }: HyperVOptions,
  script: string,
  { given = {}, ...call }: Call<T> & { readonly given?: object },
): Promise<T> => powershell.ask(scriptFile(script), { computerName, ...given }, call);

/** Runs a script with an effect on one VM, inside its mutex. @throws Problem as `PowerShell.act` */
export const act = async <T>(
  options: HyperVOptions,
  script: string,
  { vmId, token, given = {}, ...call }: Call<T> & Effect,
): Promise<T> => {
  const { powershell, computerName } = options;
  const fence = fenceOf(options, vmId, token);
  await turnMergingOn(options, vmId);
  return await powershell.act(scriptFile(script), { computerName, vmId, fence, ...given }, call);
};

export interface Effect {
  readonly vmId: string;
  readonly token: Token;
  readonly given?: object;
}

/** The parameters of `Invoke-Fenced`, but for the body. One machine may serve several hosts. */
export const fenceOf = (
  { name, stateFolder }: HyperVOptions,
  vmId: string,
  { operation, epoch }: Token,
) => ({
  VmId: vmId,
  Operation: operation,
  Epoch: epoch,
  File: join(stateFolder, 'epochs', name, `${vmId}.json`),
  MutexName: `Global\\Ferry-${name}-${vmId}`,
});
