/** A whole lab whose workers drive Hyper-V: the double of Windows' commands on the lab's disks and guests. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createLab, type LabVmOptions } from '../../src/hosts/lab/create.ts';
import { check } from '../../src/lab/checker.ts';
import { HOSTS, type HostName, type Lab, startLab } from '../../src/lab/machine.ts';
import { type Asked, ask, type Ended, enrolHosts } from '../../src/lab/session.ts';
import { wrongWith, wrongWithTarget } from '../../src/lab/verdict.ts';
import { MODULE_PATH } from '../hyperv-module/data.ts';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../hyperv-module/simulator/simulator.ts';

/** Doubles of Windows' own programs. */
const PROGRAMS = join(import.meta.dirname, '../hosts/hyperv/programs');
const MIB = 2 ** 20;
const SECONDS_MAX = 240;

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
  const workerEnv = (host: HostName) => ({
    FERRY_LAB: '',
    FERRY_POWERSHELL: pwsh,
    PSModulePath: MODULE_PATH,
    PATH: `${PROGRAMS}${delimiter}${process.env.PATH ?? ''}`,
    ...simulator.env(host),
  });
  const lab = await startLab({ directory, workerEnv });
  stack.defer(() => lab.stop());
  await enrolHosts(lab);
  const open = stack.move();
  return {
    lab,
    simulator,
    migrate: (say, asked = {}) =>
      ask(lab, { say, approve: true, secondsMax: SECONDS_MAX, ...asked }),
    async wrong(vm, host) {
      const report = await check(directory);
      return [...wrongWith(report, vm, host), ...wrongWithTarget(report, vm, host)];
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
