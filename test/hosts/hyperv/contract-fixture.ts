/** Two hosts by this project's own driver, each through a PowerShell, with simulated Windows behind it. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../src/hosts/host.ts';
import { openHyperVHost } from '../../../src/hosts/hyperv/hyperv-host.ts';
import type { PowerShell } from '../../../src/hosts/hyperv/shell/powershell.ts';
import { personStarts } from '../../../src/hosts/lab/power.ts';
import { setHostFaults } from '../../../src/hosts/lab/state.ts';
import type { LiveFixture } from '../../contract/live-fixture.ts';
import { adapterDefaults } from '../../hyperv-module/simulator/defaults.ts';
import { VM, VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { peopleAt } from '../lab-people.ts';
import { HOSTS, type HostName, type LiveBench, otherOf, TEST_PACE } from './live-fixture.ts';

const ISO = 'C:\\iso\\setup.iso';
const SETTINGS = {
  ...adapterDefaults,
  vlan: { mode: 'Trunk', access: 0, native: 4, allowed: '10,20-30' },
  bandwidthMaximum: 500_000_000,
} as const;

export interface ContractHosts {
  /** As a contract asks for it before each test: the VM runs on the source, whichever that is now. */
  fixture(): Promise<LiveFixture>;
}

/** All tests share the PowerShells, whose start is slow, and the VM, which goes to and fro. */
export function contractHosts(windows: LiveBench): ContractHosts {
  const { dir, simulator } = windows;
  const shells = new Map<HostName, PowerShell>(
    HOSTS.map((name) => [name, windows.powershell(name)] as const),
  );
  const open = (name: HostName): Host =>
    openHyperVHost({
      name,
      powershell: shells.get(name) ?? windows.powershell(name),
      stateFolder: join(dir, 'state', name),
      store: async () => ({ value: ['10.0.1.30'] }),
      // A cut-off target is given up soon.
      pace: { ...TEST_PACE, settleSeconds: 3 },
    });

  async function fixture(): Promise<LiveFixture> {
    simulator.clearFaults();
    await simulator.changeVm(VM_ID, { dvdDrives: [], adapters: {} });
    for (const name of HOSTS) await setHostFaults(dir, name, {});
    const from = await windows.home();
    const to = otherOf(from);
    await personStarts(dir, from, VM.name);
    await windows.guestWrites();
    const asked = () => simulator.calls.filter(({ cmdlet }) => cmdlet === 'Move-VM').length;
    const askedBefore = asked();
    const shown = async (cmdlet: string): Promise<readonly Record<string, unknown>[]> =>
      (await windows.ask(cmdlet, { VMName: VM.name }, { host: await windows.home() }))
        .output as Record<string, unknown>[];
    return {
      ...peopleAt({ dir, host: from, vmId: VM_ID }),
      source: open(from),
      target: open(to),
      vmId: VM_ID,
      vmName: VM.name,
      guestWrites: () => windows.guestWrites(),
      plan: () => windows.withStorage(from),
      hold: (percent) => simulator.holdMoves(percent),
      held: async (percent) => void (await simulator.held(VM_ID, percent)),
      release: () => simulator.releaseMoves(),
      moveFails: (percent) => simulator.fault({ kind: 'move-fails', percent, times: 1 }),
      objects: (message) =>
        simulator.fault({ kind: 'incompatible', messageId: 24999, message, times: 1 }),
      async cutOff() {
        await simulator.changeHost(to, { unreachable: true });
        return () => simulator.changeHost(to, { unreachable: false });
      },
      async nextWorker() {
        await shells.get(from)?.close(0);
        shells.set(from, (await windows.start(from)).powershell);
        return open(from);
      },
      async burden() {
        const drive = { controller: 0, location: 1, media: 'ISO', path: ISO } as const;
        const adapters = { 'Network Adapter': SETTINGS };
        await simulator.changeVm(VM_ID, { dvdDrives: [drive], adapters });
        await simulator.changeHost(from, { files: [ISO] });
        await simulator.changeHost(to, { files: [] });
        simulator.fault({ kind: 'loses-adapter-settings', times: 1 });
      },
      async burdenOf() {
        const drives = await shown('Get-VMDvdDrive');
        const vlans = await shown('Get-VMNetworkAdapterVlan');
        const adapters = await shown('Get-VMNetworkAdapter');
        const settings = vlans.map(({ NativeVlanId, AllowedVlanIdListString }) => {
          return { NativeVlanId, AllowedVlanIdListString };
        });
        return {
          media: drives.map(({ Path }) => String(Path ?? '')).filter((path) => path !== ''),
          settings: [settings, adapters.map(({ BandwidthSetting }) => BandwidthSetting)],
        };
      },
      movesAsked: () => asked() - askedBefore,
      async truth() {
        const { registeredOn, runningOn, lost, ranTwice } = await windows.report();
        const files = HOSTS.map(async (name) => [name, await diskFiles(dir, name)] as const);
        return {
          registeredOn: registeredOn.map(({ host }) => host),
          runsOn: runningOn.map(({ host }) => host),
          lost,
          ranTwice,
          files: Object.fromEntries(await Promise.all(files)),
        };
      },
      [Symbol.asyncDispose]: async () => simulator.releaseMoves(),
    };
  }
  return { fixture };
}

async function diskFiles(dir: string, host: HostName): Promise<string[]> {
  const entries = await readdir(join(dir, 'hosts', host), { recursive: true, withFileTypes: true });
  return entries
    .map(({ name }) => name)
    .filter((name) => name.includes('vhdx'))
    .toSorted();
}
