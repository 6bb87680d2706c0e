/** Two simulated hosts, a VM that goes from one to the other by its definition, and whoever dies meanwhile. */

import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition, DiskPlace } from '../../../../src/hosts/host.ts';
import { exportDefinition } from '../../../../src/hosts/hyperv/definition/export.ts';
import { register, unregister } from '../../../../src/hosts/hyperv/definition/register.ts';
import type { HyperVOptions } from '../../../../src/hosts/hyperv/options.ts';
import type { PowerShell } from '../../../../src/hosts/hyperv/shell/powershell.ts';
import type { LabVmOptions } from '../../../../src/hosts/lab/create.ts';
import { type LabVm, readVm } from '../../../../src/hosts/lab/state.ts';
import { type Bench, bench, VM_ID } from '../../../hyperv-module/simulator-fixture.ts';
import { playing } from '../playing.ts';

export const FENCED = '.ferry-fenced';
const POLL_MILLISECONDS = 50;
const POLLS_MAX = 1000;

export type HostName = 'hv-a' | 'hv-b';

export interface DefinitionBench extends Bench {
  options(host: HostName): HyperVOptions;
  exported(): Promise<Definition>;
  /** Copies of the VM's disks on the other host, as Ferry's stream would make them. */
  places(): Promise<DiskPlace[]>;
  registers(definition: Definition, disks: readonly DiskPlace[]): Promise<void>;
  unregisters(host: HostName): Promise<void>;
  vmOn(host: HostName): Promise<LabVm | undefined>;
  mergingIsOn(host?: HostName): Promise<boolean>;
  /** The next call of this cmdlet hangs, and the PowerShell that waits for it is killed. */
  diesAt(host: HostName, cmdlet: string, how: Dies): Promise<void>;
  /** Names of the files beside the copy's first disk, the definition's folder included. */
  filesAt(places: readonly DiskPlace[]): Promise<string[]>;
}

export interface Dies {
  /** The cmdlet does its work first. */
  readonly acts: boolean;
  readonly during: () => Promise<unknown>;
}

export async function definitionBench(
  pwsh: string,
  disks: LabVmOptions['disks'],
): Promise<DefinitionBench> {
  await using stack = new AsyncDisposableStack();
  const windows = stack.use(await bench({ disks, boot: false }));
  const shells = new Map<HostName, PowerShell>();
  stack.defer(async () => {
    await Promise.all([...shells.values()].map((shell) => shell.close(0)));
  });
  const start = async (host: HostName): Promise<void> => {
    await shells.get(host)?.close(0);
    shells.set(host, (await playing(windows, { pwsh, host })).powershell);
  };
  for (const host of ['hv-a', 'hv-b'] as const) await start(host);
  const options = (host: HostName): HyperVOptions => {
    const powershell = shells.get(host);
    if (powershell === undefined) throw new Error(`${host} has no PowerShell`);
    return { name: host, powershell, stateFolder: join(windows.dir, 'state', host) };
  };
  let epoch = 0;
  const token = () => ({ operation: 'm1', epoch: ++epoch });
  const vmOn = (host: HostName) => readVm({ dir: windows.dir, host, vmId: VM_ID });
  const open = stack.move();
  return {
    ...windows,
    options,
    vmOn,
    exported: () => exportDefinition(options('hv-a'), VM_ID),
    async places() {
      const folder = join(windows.dir, 'hosts', 'hv-b', 'disks', `copy-${epoch}`);
      await mkdir(folder, { recursive: true });
      const vm = await vmOn('hv-a');
      return await Promise.all(
        (vm?.disks ?? []).map(async ({ id, path }, index) => {
          const to = join(folder, `disk-${index}-${basename(path)}`);
          await copyFile(path, to);
          return { disk: id, path: to };
        }),
      );
    },
    registers: (definition, places) =>
      register(options('hv-b'), { definition, disks: places }, token()),
    unregisters: (host) => unregister(options(host), VM_ID, token()),
    async mergingIsOn(host = 'hv-a') {
      const found = await windows.one('Get-CimInstance', { ClassName: MERGING }, { host });
      return found.EnabledState === 1;
    },
    async diesAt(host, cmdlet, { acts, during }) {
      const { calls } = windows.simulator;
      const asked = () => calls.filter((call) => call.cmdlet === cmdlet).length;
      const before = asked();
      windows.simulator.fault({ kind: 'hang', cmdlet, acts, host, times: 1 });
      const ended = during().then(
        () => new Error('It ended well'),
        () => undefined,
      );
      for (let poll = 0; asked() === before; poll += 1) {
        if (poll === POLLS_MAX) throw new Error(`Nobody calls ${cmdlet}`);
        await sleep(POLL_MILLISECONDS);
      }
      await sleep(POLL_MILLISECONDS);
      await start(host);
      const well = await ended;
      if (well) throw well;
    },
    async filesAt([first]) {
      if (first === undefined) return [];
      const files = await readdir(join(first.path, '..'), { recursive: true });
      return files.toSorted();
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

const MERGING = 'Msvm_DiskMergeSettingData';

/** What unfencing does to the disks: here the fence is another part's. */
export async function freed(places: readonly DiskPlace[]): Promise<void> {
  for (const { path } of places) await rename(path + FENCED, path);
}
