/** Two simulated Windows hosts, each with a PowerShell and its live migration. */

import { randomUUID } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LiveMove, LiveProgress } from '../../../src/domain/live.ts';
import type { LiveHost } from '../../../src/hosts/host.ts';
import { liveOf } from '../../../src/hosts/hyperv/live.ts';
import type { LivePace } from '../../../src/hosts/hyperv/moving/pace.ts';
import { PowerShell } from '../../../src/hosts/hyperv/shell/powershell.ts';
import { readVm } from '../../../src/hosts/lab/state.ts';
import { MODULE_PATH } from '../../hyperv-module/data.ts';
import type { HostOverlay } from '../../hyperv-module/simulator/overlay.ts';
import { type Bench, bench, VM_ID } from '../../hyperv-module/simulator-fixture.ts';

export const HOSTS = ['hv-a', 'hv-b'] as const;
export type HostName = (typeof HOSTS)[number];
export const otherOf = (host: HostName): HostName => (host === 'hv-a' ? 'hv-b' : 'hv-a');

/** Quicker than people, and patient with a busy machine. */
const PACE: LivePace = {
  pollSeconds: 0.2,
  settleSeconds: 15,
  beginSeconds: 30,
  endSeconds: 2,
  graceSeconds: 1,
  retrySeconds: 0.1,
};

export interface LiveOptions {
  readonly pace?: Partial<LivePace>;
  readonly powershell?: PowerShell;
}

export interface Started {
  readonly powershell: PowerShell;
  /** Of its processes, oldest first. */
  pids(): Promise<number[]>;
}

export interface LiveBench extends Bench {
  powershell(host: HostName): PowerShell;
  live(host: HostName, options?: LiveOptions): LiveHost;
  /** Another worker's PowerShell. */
  start(host: HostName): Promise<Started>;
  /** Where the VM is registered. */
  home(): Promise<HostName>;
  /** To the other host, with its disks in one folder there. */
  withStorage(from: HostName): Promise<LiveMove>;
  /** Alike, but the disks stay. */
  inPlace(way: LiveMove['way'], from: HostName): LiveMove;
  epoch(): number;
  /** What only Windows has of a host, as it is now. */
  overlay(host: HostName): Promise<HostOverlay>;
}

/** `prepare` comes before any PowerShell looks at what there is. */
export async function liveBench(
  pwsh: string,
  prepare: (windows: Bench) => Promise<void> = async () => undefined,
): Promise<LiveBench> {
  await using stack = new AsyncDisposableStack();
  const windows = stack.use(await bench());
  await prepare(windows);
  const start = async (host: HostName): Promise<Started> => {
    const file = join(windows.dir, `pwsh-${host}-${randomUUID()}`);
    // One process of the tests plays both hosts: which one a PowerShell is stands in its environment.
    const set = Object.entries(windows.simulator.env(host)).map((pair) => pair.join('='));
    const lines = ['#!/bin/sh', `echo $$ >> ${file}.pids`, `${set.join(' ')} exec ${pwsh} "$@"`];
    await writeFile(file, lines.join('\n'));
    await chmod(file, 0o755);
    const powershell = new PowerShell({ host, executable: file, modulePath: MODULE_PATH });
    started.push(powershell);
    const pids = async () =>
      (await readFile(`${file}.pids`, 'utf8')).trim().split('\n').map(Number);
    return { powershell, pids };
  };
  const started: PowerShell[] = [];
  stack.defer(async () => {
    await Promise.all(started.map((each) => each.close(0)));
  });
  const [a, b] = [await start('hv-a'), await start('hv-b')];
  const powershell = (host: HostName): PowerShell => (host === 'hv-a' ? a : b).powershell;
  let epoch = 0;
  const placeOf = (host: HostName) => ({ dir: windows.dir, host, vmId: VM_ID });
  const plain = (from: HostName) => ({
    vm: { id: VM_ID, name: 'sql01' },
    target: `${otherOf(from)}.lab.example`,
    networks: [{ adapter: 'Network Adapter', switch: 'LAN' }],
    migrationSubnet: '10.0.9.0/24',
  });
  const open = stack.move();
  return {
    ...windows,
    powershell,
    start,
    live: (host, { pace = {}, powershell: own = powershell(host) } = {}) =>
      liveOf(
        { name: host, powershell: own, stateFolder: join(windows.dir, 'state', host) },
        { ...PACE, ...pace },
      ),
    async home() {
      for (const host of HOSTS) if (await readVm(placeOf(host))) return host;
      throw new Error('The VM is nowhere');
    },
    async withStorage(from) {
      const folder = join(windows.dir, 'hosts', otherOf(from), 'more-disks', 'moved');
      const disks = (await readVm(placeOf(from)))?.disks ?? [];
      return {
        ...plain(from),
        way: 'with storage',
        folder,
        disks: disks.map(({ id, path }) => {
          const targetPath = join(folder, 'Virtual Hard Disks', basename(path));
          return { disk: id, sourcePath: path, targetPath };
        }),
      };
    },
    inPlace: (way, from) => ({ ...plain(from), way, disks: [] }),
    epoch: () => ++epoch,
    async overlay(host) {
      const text = await readFile(join(windows.dir, 'hyperv-overlay.json'), 'utf8');
      return (JSON.parse(text) as { hosts: Record<HostName, HostOverlay> }).hosts[host];
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** A watch that keeps what it is told. */
export function watching() {
  const told: LiveProgress[] = [];
  const abort = new AbortController();
  return {
    told,
    cancel: () => abort.abort(),
    watch: {
      signal: abort.signal,
      onProgress: (progress: LiveProgress) => void told.push(progress),
    },
  };
}
