/** What happens to lab hosts and VMs without Ferry: power, people and backups. None of it asks Ferry. */

import { open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, type ProblemRecord, toProblemRecord } from '../../domain/problem.ts';
import { createSeededDisk } from './content.ts';
import { isRunning, runJob, withJobLock } from './control.ts';
import { hostVolumes, isOurs } from './facts.ts';
import type { Place } from './layout.ts';
import { startVm, stopVm } from './machine.ts';
import { guestProcesses } from './processes.ts';
import { changeVm, type LabVm, readVm, requireVm, vmIds } from './state.ts';

const MIB = 1024 * 1024;
const ADDED_DISK = { virtualBytes: 64 * MIB, dataBytes: 4 * MIB };
const FILLER = 'somebody-else.bin';
const STOP_SECONDS = 5;
const GONE_POLLS_MAX = 500;
const POLL_MILLISECONDS = 10;

/** What came of a VM at its host's boot. */
export interface Booted {
  readonly vmId: string;
  readonly name: string;
  readonly problem?: ProblemRecord;
}

/**
 * The host powers up and does what each VM's start action says. VMs that run are left alone.
 * Returns those that should run now, each that did not start with its problem.
 */
export async function bootHost(dir: string, host: string): Promise<Booted[]> {
  const booted = (await registered(dir, host)).map(async ({ place, vm }) => {
    if (await isRunning(place)) return undefined;
    if (vm.startAction !== 'Start' && !(vm.startAction === 'StartIfRunning' && vm.running)) {
      await withJobLock(place, () => changeVm(place, { running: false }));
      return undefined;
    }
    const outcome = { vmId: vm.id, name: vm.name };
    try {
      await startVm(place);
      return outcome;
    } catch (error) {
      return { ...outcome, problem: toProblemRecord(error) };
    }
  });
  return (await Promise.all(booted)).filter((outcome) => outcome !== undefined);
}

/** The power fails: all guests of the host are gone at once, and nothing is closed in order. */
export async function crashHost(dir: string, host: string): Promise<void> {
  await kill(dir, (guest) => guest.host === host);
}

/** A person starts a VM by hand, by name or Id. @throws what Hyper-V would refuse with */
export async function personStarts(dir: string, host: string, vm: string): Promise<void> {
  await startVm(await placeOf(dir, host, vm));
}

/** A person shuts a VM down from inside. */
export async function personShutsDown(dir: string, host: string, vm: string): Promise<void> {
  if (await stopVm(await placeOf(dir, host, vm), STOP_SECONDS)) return;
  throw new Error(`${vm} on ${host} does not shut down`);
}

/** A backup takes a checkpoint of its own. Returns the checkpoint's name. */
export async function foreignCheckpoint(dir: string, host: string, vm: string): Promise<string> {
  const place = await placeOf(dir, host, vm);
  const name = `Backup ${new Date().toISOString()}`;
  await runJob(place, { command: 'freeze', name });
  return name;
}

/** The backup is done and merges its checkpoint. */
export async function endForeignCheckpoint(
  dir: string,
  { host, vm, name }: { host: string; vm: string; name: string },
): Promise<void> {
  await runJob(await placeOf(dir, host, vm), { command: 'merge', names: [name] });
}

/** A person deletes the newest checkpoint of Ferry's. Returns its name. */
export async function personDeletesCheckpoint(
  dir: string,
  host: string,
  vm: string,
): Promise<string> {
  const place = await placeOf(dir, host, vm);
  const { checkpoints } = await requireVm(place);
  const name = checkpoints.map((one) => one.name).findLast(isOurs);
  if (name === undefined) throw new Error(`${vm} has no checkpoint of Ferry's`);
  await runJob(place, { command: 'merge', names: [name] });
  return name;
}

/** A person gives the VM one more disk while it runs. Returns where it is attached. */
export async function personAddsDisk(dir: string, host: string, vm: string): Promise<string> {
  const place = await placeOf(dir, host, vm);
  const added = await withJobLock(place, async () => {
    const { disks, name } = await requireVm(place);
    const [first] = disks;
    if (!first) throw new Error(`${name} has no disk`);
    const id = `SCSI 0:${disks.length}`;
    const path = join(dirname(first.path), `${name}-${disks.length}.vhdx`);
    await createSeededDisk(path, `disk ${name} ${disks.length}`, ADDED_DISK);
    const { virtualBytes } = ADDED_DISK;
    return await changeVm(place, { disks: [...disks, { id, path, virtualBytes, idle: true }] });
  });
  return added.disks.at(-1)?.id ?? '';
}

/** Somebody's file leaves so many bytes free on the host's first volume. Only its size is large. */
export async function fillVolume(dir: string, host: string, bytesFree: number): Promise<void> {
  const [first] = await hostVolumes(dir, host);
  if (!first) throw new Error(`${host} has no volume`);
  await using file = await open(join(first.path, FILLER), 'w');
  const [emptied = first] = await hostVolumes(dir, host);
  await file.truncate(Math.max(0, emptied.bytesFree - bytesFree));
}

/** Somebody takes the file away again. */
export async function emptyVolume(dir: string, host: string): Promise<void> {
  const [first] = await hostVolumes(dir, host);
  if (first) await rm(join(first.path, FILLER), { force: true });
}

/** Shuts every guest of the lab down, and kills those that will not: nothing is left behind. */
export async function stopAllGuests(dir: string): Promise<void> {
  const guests = await guestProcesses(dir);
  await Promise.all(guests.map((guest) => stopVm(guest, STOP_SECONDS, { byHost: true })));
  await kill(dir, () => true);
}

async function kill(dir: string, isMeant: (guest: Place) => boolean): Promise<void> {
  let dying: Place[] = [];
  for (let poll = 0; poll < GONE_POLLS_MAX; poll++) {
    const guests = (await guestProcesses(dir)).filter(isMeant);
    if (guests.length > 0) dying = guests;
    // A dying process leaves the process list a moment before its socket is closed.
    const alive = await Promise.all(dying.map(isRunning));
    if (guests.length === 0 && !alive.includes(true)) return;
    for (const { pid } of guests) killed(pid);
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error('Guests cannot be killed');
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // Between the list and the signal it may end by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function placeOf(dir: string, host: string, vm: string): Promise<Place> {
  const found = (await registered(dir, host)).find(
    (each) => each.vm.name === vm || each.vm.id === vm,
  );
  if (found === undefined) throw new Problem('vm-unknown', { host, vm });
  return found.place;
}

async function registered(dir: string, host: string): Promise<{ place: Place; vm: LabVm }[]> {
  const found: { place: Place; vm: LabVm }[] = [];
  for (const vmId of await vmIds(resolve(dir), host)) {
    const place = { dir: resolve(dir), host, vmId };
    const vm = await readVm(place);
    if (vm) found.push({ place, vm });
  }
  return found;
}
