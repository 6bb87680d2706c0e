/** A whole lab whose workers drive Hyper-V: the double of Windows' commands on the lab's disks and guests. */

import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainFiles } from '../../src/disks/chain.ts';
import { createLab, createVm, type LabVmOptions } from '../../src/hosts/lab/create.ts';
import { type Place, vmFolder } from '../../src/hosts/lab/layout.ts';
import { stopVm } from '../../src/hosts/lab/machine.ts';
import { emptyVolume, personStarts } from '../../src/hosts/lab/power.ts';
import { requireVm, setHostFaults } from '../../src/hosts/lab/state.ts';
import { check } from '../../src/lab/checker.ts';
import type { Fault } from '../../src/lab/faults.ts';
import { HOSTS, type HostName, type Lab, startLab } from '../../src/lab/machine.ts';
import { requestWith } from '../../src/lab/run.ts';
import { type Asked, ask, type Ended, enrolHosts } from '../../src/lab/session.ts';
import { wrongWith, wrongWithTarget } from '../../src/lab/verdict.ts';
import { PROGRAM_PATH } from '../hosts/hyperv/playing.ts';
import { MODULE_PATH } from '../hyperv-module/data.ts';
import { keyOf } from '../hyperv-module/simulator/kept.ts';
import type { VmOverlay } from '../hyperv-module/simulator/overlay.ts';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../hyperv-module/simulator/simulator.ts';

const MIB = 2 ** 20;
const SECONDS_MAX = 240;
const STOP_SECONDS = 20;

export const smallVm = (name: string, host: HostName = 'hv-a'): LabVmOptions => ({
  name,
  // Of this run alone: its mutex is one for the whole machine, and other suites play the same hosts.
  id: randomUUID(),
  host,
  disks: [
    { virtualBytes: 64 * MIB, dataBytes: 2 * MIB },
    { virtualBytes: 48 * MIB, dataBytes: MIB },
  ],
  recordsPerSecond: 100,
});

export interface WindowsLab extends AsyncDisposable {
  readonly lab: Lab;
  readonly simulator: Simulator;
  /** Types it, approves it, and waits for the end. */
  migrate(say: string, asked?: Partial<Asked>): Promise<Ended>;
  /** The same with a VM of its own, while something goes wrong; what the checker finds that should not be. */
  migrateWith(fault: Fault): Promise<readonly string[]>;
  /** What a VM is there: what must be the same on every host. */
  shown(host: HostName, vm: string): Promise<object>;
  /** What the checker finds wrong with a VM that should run on this host alone, nothing lost. */
  wrong(vm: string, host: HostName): Promise<string[]>;
}

export interface WindowsLabOptions {
  readonly pwsh: string;
  readonly vms: readonly LabVmOptions[];
  readonly hosts?: SimulatorOptions['hosts'];
  /** While no VM runs yet: where disks lie, who is in a cluster. */
  readonly prepare?: (simulator: Simulator) => Promise<void>;
}

export async function startWindowsLab({
  pwsh,
  vms,
  hosts = HOSTS.map((name) => ({ name, profile: '2022' })),
  prepare = async () => undefined,
}: WindowsLabOptions): Promise<WindowsLab> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'ferry-windows-lab-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  await createLab(directory, { vms });
  const simulator = stack.use(await startSimulator({ directory, hosts }));
  await prepare(simulator);
  let fault: Fault | undefined;
  const workerEnv = (host: HostName) => ({
    ...fault?.env?.(host),
    FERRY_LAB: '',
    FERRY_POWERSHELL: pwsh,
    PSModulePath: MODULE_PATH,
    PATH: PROGRAM_PATH,
    ...simulator.env(host),
  });
  // Where a worker of Hyper-V holds, and where the lab looks.
  const holds = join(directory, 'holds');
  await mkdir(holds);
  for (const host of HOSTS) {
    await mkdir(join(directory, 'state', host), { recursive: true });
    await symlink(holds, join(directory, 'state', host, 'holds'));
  }
  const lab = await startLab({ directory, workerEnv });
  stack.defer(() => lab.stop());
  await enrolHosts(lab);
  const open = stack.move();
  return {
    lab,
    simulator,
    migrate: (say, asked = {}) =>
      ask(lab, { say, approve: true, secondsMax: SECONDS_MAX, ...asked }),
    async migrateWith(wanted) {
      await letGo(directory);
      const { name } = wanted;
      const vm = smallVm(name);
      await createVm(directory, vm);
      await personStarts(directory, 'hv-a', name);
      if (fault?.env || wanted.env) {
        for (const host of HOSTS) await lab.workers[host].kill();
        fault = wanted;
        for (const host of HOSTS) await lab.workers[host].start();
      }
      const disturbed = onWindows(wanted, simulator);
      await disturbed.before?.(lab, name);
      const asked = {
        say: `/migrate ${name} to hv-b stream`,
        approve: true,
        secondsMax: SECONDS_MAX,
      };
      const judged = await requestWith(lab, disturbed, asked);
      for (const host of HOSTS) {
        await setHostFaults(directory, host, {});
        const place = { dir: directory, host, vmId: vm.id ?? '' };
        await stopVm(place, STOP_SECONDS);
        await rm(vmFolder(place), { recursive: true, force: true });
      }
      return judged?.wrong ?? ['nobody waited for its end'];
    },
    shown: (host, vm) =>
      shownOn({ dir: directory, host, vmId: vms.find(({ name }) => name === vm)?.id ?? '' }),
    async wrong(vm, host) {
      const report = await check(directory);
      return [...wrongWith(report, vm, host), ...wrongWithTarget(report, vm, host)];
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** What Windows keeps elsewhere than the lab, a person reaches there. */
const onWindows = (fault: Fault, simulator: Simulator): Fault =>
  fault.name === 'checkpoint-deleted'
    ? { ...fault, act: (_lab, { vm }) => simulator.personDeletesCheckpoint(vm) }
    : fault;

/** What an earlier fault held, and the room that it took. */
async function letGo(directory: string): Promise<void> {
  const holds = join(directory, 'holds');
  for (const name of await readdir(holds)) await rm(join(holds, name));
  for (const host of HOSTS) await emptyVolume(directory, host);
}

async function shownOn(place: Place): Promise<object> {
  const lab = await requireVm(place);
  const kept = JSON.parse(await readFile(join(place.dir, 'hyperv-overlay.json'), 'utf8')) as {
    vms: Record<string, Partial<VmOverlay>>;
  };
  const overlay = kept.vms[keyOf(place)] ?? {};
  const { version, stopAction, memory, processor, security, adapters: settings } = overlay;
  const disks = lab.disks.map(async ({ id, path }) => {
    const { format, type, virtualBytes, blockBytes, diskId } =
      (await chainFiles(path)).at(-1) ?? {};
    return { id, format, type, virtualBytes, blockBytes, diskId };
  });
  const { name, generation, processors, memoryStartupBytes, notes, adapters, startAction } = lab;
  return {
    ...{ name, generation, processors, memoryStartupBytes, notes, adapters, startAction },
    ...{ version, stopAction, memory, processor, security, settings },
    disks: await Promise.all(disks),
  };
}
