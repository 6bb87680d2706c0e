/** Two simulated Windows hosts, each with a PowerShell and its live migration. */

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LiveHost, LiveMove } from '../../../src/domain/live.ts';
import { liveOf } from '../../../src/hosts/hyperv/live.ts';
import type { LivePace } from '../../../src/hosts/hyperv/moving/pace.ts';
import type { PowerShell } from '../../../src/hosts/hyperv/shell/powershell.ts';
import { readVm } from '../../../src/hosts/lab/state.ts';
import type { HostOverlay } from '../../hyperv-module/simulator/overlay.ts';
import { type Bench, bench, VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { type Playing, playing } from './playing.ts';

export const HOSTS = ['hv-a', 'hv-b'] as const;
export type HostName = (typeof HOSTS)[number];
export const otherOf = (host: HostName): HostName => (host === 'hv-a' ? 'hv-b' : 'hv-a');

/** Quicker than people, and patient with a busy machine. */
export const TEST_PACE: LivePace = {
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

export interface LiveBench extends Bench {
  powershell(host: HostName): PowerShell;
  live(host: HostName, options?: LiveOptions): LiveHost;
  /** Another worker's PowerShell. */
  start(host: HostName): Promise<Playing>;
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
  const start = async (host: HostName): Promise<Playing> => {
    const one = await playing(windows, { pwsh, host });
    started.push(one.powershell);
    return one;
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
        { ...TEST_PACE, ...pace },
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
