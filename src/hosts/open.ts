/** The driver of this worker's host: a simulated one where the lab's folder is named, else Hyper-V. */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { DependencyFacts } from '../domain/hyperv.ts';
import type { Host } from './host.ts';
import { openHyperVHost } from './hyperv/hyperv-host.ts';
import { PowerShell } from './hyperv/shell/powershell.ts';
import { defaultExecutable } from './hyperv/shell/session.ts';

/** The part of a worker's configuration that says which host it drives. */
export interface HostConfig {
  readonly FERRY_HOST: string;
  readonly FERRY_STATE: string;
  readonly STORE_URL: string;
  readonly FERRY_LAB?: string | undefined;
  readonly FERRY_POWERSHELL?: string | undefined;
  readonly FERRY_COMPUTER?: string | undefined;
  readonly FERRY_VM_VOLUME?: string | undefined;
}

export type OpenHost = Host & AsyncDisposable;

/**
 * `onNoise` hears what PowerShell says beside its answers. Disposed, no call may follow.
 * @throws Problem `lab-host-missing`
 */
export async function openHost(
  config: HostConfig,
  onNoise: (script: string, lines: readonly string[]) => void = () => undefined,
): Promise<OpenHost> {
  const { FERRY_HOST: name, FERRY_LAB: lab } = config;
  if (lab !== undefined) {
    // Not in the package for Windows hosts.
    const { openLabHost } = await import('./lab/lab-host.ts');
    return { ...(await openLabHost(lab, name)), [Symbol.asyncDispose]: async () => undefined };
  }
  const { FERRY_COMPUTER: computerName, FERRY_VM_VOLUME: vmVolume } = config;
  const executable = config.FERRY_POWERSHELL ?? defaultExecutable();
  const powershell = new PowerShell({ host: name, executable, onNoise });
  const host = openHyperVHost({
    name,
    powershell,
    ...(computerName === undefined ? {} : { computerName }),
    ...(vmVolume === undefined ? {} : { vmVolume }),
    stateFolder: config.FERRY_STATE,
    store: () => addressesOf(config.STORE_URL),
  });
  return { ...host, [Symbol.asyncDispose]: () => powershell.close() };
}

/** Of the machine that a URL names. */
async function addressesOf(url: string): Promise<DependencyFacts['store']> {
  const name = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0) return { value: [name] };
  try {
    return { value: (await lookup(name, { all: true })).map(({ address }) => address) };
  } catch (error) {
    return { unread: error instanceof Error ? error.message : String(error) };
  }
}
