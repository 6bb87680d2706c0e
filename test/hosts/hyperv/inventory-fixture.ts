/** Simulated Windows hosts, and this project's driver on each through a PowerShell of its own. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../src/hosts/host.ts';
import { type HyperVHostOptions, openHyperVHost } from '../../../src/hosts/hyperv/hyperv-host.ts';
import type { PowerShell } from '../../../src/hosts/hyperv/shell/powershell.ts';
import type { HostOverlay } from '../../hyperv-module/simulator/overlay.ts';
import type { HostSetup } from '../../hyperv-module/simulator/world.ts';
import { type Bench, bench } from '../../hyperv-module/simulator-fixture.ts';
import { playing } from './playing.ts';

export interface Inventory extends Bench {
  /** The driver of a host, by that host's own PowerShell or another's; a new `shell` by that name. */
  open(
    name: string,
    options?: { at?: string; shell?: string } & Partial<HyperVHostOptions>,
  ): Promise<Host>;
  /** What a host has beside the lab, as the simulator keeps it. */
  overlay(host: string): Promise<HostOverlay>;
  /** What PowerShell said beside its answers. */
  readonly noise: string[];
}

/** Without `boot` the VM does not run: most tests need no guest. */
export async function inventory(
  pwsh: string,
  hosts: readonly HostSetup[],
  { boot = false }: { readonly boot?: boolean } = {},
): Promise<Inventory> {
  const windows = await bench({ hosts, boot });
  const stack = new AsyncDisposableStack();
  stack.use(windows);
  const shells = new Map<string, PowerShell>();
  const noise: string[] = [];
  const shellAt = async (at: string, key: string): Promise<PowerShell> => {
    const known = shells.get(key);
    if (known) return known;
    const onNoise = (script: string, lines: readonly string[]) =>
      noise.push(...lines.map((line) => `${script}: ${line}`));
    const { powershell: shell } = await playing(windows, { pwsh, host: at, onNoise });
    stack.defer(() => shell.close(0));
    shells.set(key, shell);
    return shell;
  };
  return {
    ...windows,
    noise,
    async overlay(host) {
      const kept = await readFile(join(windows.dir, 'hyperv-overlay.json'), 'utf8');
      return (JSON.parse(kept) as { hosts: Record<string, HostOverlay> }).hosts[host] ?? noHost();
    },
    open: async (name, { at = name, shell = at, ...options } = {}) =>
      openHyperVHost({
        name,
        powershell: await shellAt(at, shell),
        stateFolder: join(windows.dir, 'state', at),
        store: async () => ({ value: ['10.0.1.30'] }),
        ...options,
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function noHost(): never {
  throw new Error('There is no such host');
}
