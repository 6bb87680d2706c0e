/** A lab with its witness, a simulator before it, and plain HTTP to ask it. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLab, type LabVmOptions } from '../../src/hosts/lab/create.ts';
import { personStarts, stopAllGuests } from '../../src/hosts/lab/power.ts';
import { check, type VmReport } from '../../src/lab/checker.ts';
import { startWitness } from '../../src/lab/witness.ts';
import { readWitnessLog } from '../../src/lab/witness-log.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator/simulator.ts';
import type { Answer, WireError } from './simulator/wire.ts';

const MIB = 1024 * 1024;
const POLL_MILLISECONDS = 20;
const POLLS_MAX = 2000;

export const VM = {
  name: 'sql01',
  // Of this suite alone: its mutex is one for the whole machine, and other suites play the same hosts.
  id: randomUUID(),
  host: 'hv-a',
  disks: [
    { virtualBytes: 64 * MIB, dataBytes: 2 * MIB },
    { virtualBytes: 48 * MIB, dataBytes: MIB },
  ],
  recordsPerSecond: 100,
  startAction: 'StartIfRunning',
} satisfies LabVmOptions;
export const VM_ID = VM.id;

export interface Asked {
  readonly host?: string;
  readonly language?: string;
}

export interface Bench extends AsyncDisposable {
  readonly dir: string;
  readonly simulator: Simulator;
  /** One cmdlet to its end, its server's job included. */
  ask(cmdlet: string, parameters?: object, asked?: Asked): Promise<Answer>;
  /** Its first object. @throws with its first error */
  one(cmdlet: string, parameters?: object, asked?: Asked): Promise<Record<string, unknown>>;
  /** Its first error. @throws when there is none */
  fails(cmdlet: string, parameters?: object, asked?: Asked): Promise<WireError>;
  /** As `ask`, of another simulator of the same lab. */
  askAt(url: string, call: { cmdlet: string; parameters: object }): Promise<Answer>;
  /** What the lab's checker says of the VM. */
  report(): Promise<VmReport>;
  /** Resolves when the witness has acknowledged ten records more than now. */
  guestWrites(): Promise<void>;
}

export async function bench({
  hosts = [
    { name: 'hv-a', profile: '2022' },
    { name: 'hv-b', profile: '2022' },
  ],
  boot = true,
  disks = VM.disks,
}: Partial<Pick<SimulatorOptions, 'hosts'>> & {
  boot?: boolean;
  disks?: LabVmOptions['disks'];
} = {}): Promise<Bench> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'ferry-windows-'));
  stack.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  await createLab(dir, { hosts: hosts.map(({ name }) => ({ name })), vms: [{ ...VM, disks }] });
  stack.use(await startWitness(dir));
  stack.defer(() => stopAllGuests(dir));
  if (boot) {
    await personStarts(dir, 'hv-a', VM.name);
  }
  const simulator = stack.use(await startSimulator({ directory: dir, hosts }));
  const ask: Bench['ask'] = (cmdlet, parameters = {}, { host = 'hv-a', language } = {}) =>
    asked(simulator.url, { host, cmdlet, parameters, ...(language ? { language } : {}) });
  const open = stack.move();
  const built: Bench = {
    dir,
    simulator,
    ask,
    one: async (...call) => {
      const { output, errors } = await ask(...call);
      if (errors[0]) throw new Error(`${call[0]}: ${errors[0].message}`);
      return output[0] as Record<string, unknown>;
    },
    fails: async (...call) => {
      const [error] = (await ask(...call)).errors;
      if (error) return error;
      throw new Error(`${call[0]} ended well`);
    },
    askAt: (url, call) => asked(url, { host: 'hv-a', ...call }),
    report: async () => {
      const [vm] = (await check(dir)).vms;
      if (vm) return vm;
      throw new Error('The VM is gone');
    },
    guestWrites: () => guestWrites(dir),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
  if (boot) await built.guestWrites();
  return built;
}

async function asked(url: string, body: object): Promise<Answer> {
  let answer = await sent(`${url}/cmdlet`, body);
  for (let poll = 0; answer.job !== null; poll++) {
    if (poll === POLLS_MAX) throw new Error('The job does not end');
    await sleep(POLL_MILLISECONDS);
    answer = await sent(`${url}/job?id=${encodeURIComponent(answer.job)}`);
  }
  return answer;
}

async function sent(url: string, body?: object): Promise<Answer> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(url, body === undefined ? {} : post);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text) as Answer;
}

async function guestWrites(dir: string): Promise<void> {
  const count = async () => (await readWitnessLog(dir)).get(VM_ID).acknowledged;
  const before = await count();
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    if ((await count()) >= before + 10) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error('The guest writes nothing');
}
