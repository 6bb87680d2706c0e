/** A small lab in a folder of its own: two hosts, one VM with three disks, a witness in this process. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openChain } from '../../src/disks/chain.ts';
import type { Host } from '../../src/hosts/host.ts';
import { createLab, type LabVmOptions, labVmId } from '../../src/hosts/lab/create.ts';
import { openLabHost } from '../../src/hosts/lab/lab-host.ts';
import type { Place } from '../../src/hosts/lab/layout.ts';
import { bootHost, stopAllGuests } from '../../src/hosts/lab/power.ts';
import { readRing } from '../../src/hosts/lab/records.ts';
import { type LabFaults, setHostFaults } from '../../src/hosts/lab/state.ts';
import { startWitness } from '../../src/lab/witness.ts';
import { readWitnessLog } from '../../src/lab/witness-log.ts';

const MIB = 1024 * 1024;
const POLL_MILLISECONDS = 20;
const POLLS_MAX = 500;

// Each test has a lab of its own; what its guests compiled is kept for the next.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('../../node_modules/.cache/ferry-test', import.meta.url),
);

export const SMALL_VM: LabVmOptions = {
  name: 'sql01',
  host: 'hv-a',
  disks: [
    { virtualBytes: 64 * MIB, dataBytes: 2 * MIB },
    { virtualBytes: 48 * MIB, dataBytes: MIB },
    { virtualBytes: 96 * MIB, dataBytes: 2 * MIB },
  ],
  recordsPerSecond: 100,
};

export interface LabFixture extends AsyncDisposable {
  readonly dir: string;
  readonly vmId: string;
  readonly place: Place;
  readonly source: Host;
  readonly target: Host;
  /** Resolves when the witness has acknowledged ten records more than now. */
  guestWrites(): Promise<void>;
  setFaults(host: string, faults: LabFaults): Promise<void>;
}

/** Creates the lab, boots its source and waits for the guest's first records. */
export async function labFixture({ boot = true, vm = SMALL_VM } = {}): Promise<LabFixture> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'ferry-lab-'));
  stack.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  await createLab(dir, { vms: [vm] });
  stack.use(await startWitness(dir));
  stack.defer(() => stopAllGuests(dir));
  const vmId = labVmId(vm.name);
  const guestWrites = async () => {
    const before = await acknowledged(dir, vmId);
    for (let poll = 0; poll < POLLS_MAX; poll++) {
      if ((await acknowledged(dir, vmId)) >= before + 10) return;
      await sleep(POLL_MILLISECONDS);
    }
    throw new Error('The guest writes nothing');
  };
  if (boot) await bootHost(dir, 'hv-a');
  if (boot) await guestWrites();
  const source = await openLabHost(dir, 'hv-a');
  const target = await openLabHost(dir, 'hv-b');
  const open = stack.move();
  return {
    dir,
    vmId,
    place: { dir, host: 'hv-a', vmId },
    source,
    target,
    guestWrites,
    setFaults: (host, faults) => setHostFaults(dir, host, faults),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function acknowledged(dir: string, vmId: string): Promise<number> {
  return (await readWitnessLog(dir)).get(vmId).acknowledged;
}

/** All record numbers that a set of disks holds, lowest first. */
export async function recordsIn(files: readonly string[], vmId: string): Promise<number[]> {
  const found: number[] = [];
  for (const file of files) {
    await using disk = await openChain(file);
    for (const number of await readRing(disk, vmId)) if (number !== undefined) found.push(number);
  }
  return found.toSorted((a, b) => a - b);
}
