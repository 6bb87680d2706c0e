/**
 * The lab's checker: what really is, from the witness's log, the hosts' folders and the process list.
 * It never asks the journal, and it disturbs no guest.
 */

import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chainFiles, openChain } from '../disks/chain.ts';
import type { StartAction } from '../domain/vm.ts';
import { realDisks } from '../hosts/lab/checkpoints.ts';
import { isFenced } from '../hosts/lab/fence.ts';
import { hostFolder, leafFile, type Place } from '../hosts/lab/layout.ts';
import { type GuestProcess, guestProcesses } from '../hosts/lab/processes.ts';
import { RING_RECORDS, readRing, slotOf } from '../hosts/lab/records.ts';
import { hostNames, type LabVm, readHost, readJson, readVm, vmIds } from '../hosts/lab/state.ts';
import { type Gap, readWitnessLog, type VmStatistics, type WitnessTally } from './witness-log.ts';

/** A chain that changes while it is read is read again. */
const LOOKS_MAX = 8;
const LOOK_MILLISECONDS = 100;
/** Records that may have been written since the newest acknowledged one, and over which others lay. */
const UNACKNOWLEDGED_MAX = 64;
const LOST_NAMED_MAX = 10;

export interface Registration {
  readonly host: string;
  readonly startAction: StartAction;
  readonly fenced: boolean;
  readonly checkpoints: readonly string[];
  /** No checkpoint, no merge under way, one file for each disk. */
  readonly chainIsPlain: boolean;
  /** Acknowledged records that its disks should hold and do not. */
  readonly lost: number;
  /** The first of them. */
  readonly lostNumbers: readonly number[];
}

export interface VmReport {
  readonly id: string;
  readonly name: string;
  readonly registeredOn: readonly Registration[];
  readonly runningOn: readonly { readonly host: string; readonly pid: number }[];
  /** Two processes of this VM exist now, or the witness heard two at once. */
  readonly ranTwice: boolean;
  readonly acknowledged: number;
  /** Where it runs, or when off where it is registered unfenced; `undefined` when nothing says it. */
  readonly home?: string;
  /** At home; without one, where fewest are lost. */
  readonly lost: number;
  readonly lostNumbers: readonly number[];
  readonly longestPause?: Gap;
}

export interface CheckReport {
  readonly vms: readonly VmReport[];
}

/**
 * Looks at a whole lab. Only records acknowledged before the call count: a `witness` of the caller's
 * own must not grow meanwhile.
 */
export async function check(
  dir: string,
  witness?: Pick<WitnessTally, 'get'>,
): Promise<CheckReport> {
  const lab = resolve(dir);
  const acknowledged = witness ?? (await readWitnessLog(lab));
  const processes = await guestProcesses(lab);
  const places = await registrations(lab);
  const ids = new Set([...places, ...processes].map(({ vmId }) => vmId));
  const vms: VmReport[] = [];
  for (const id of [...ids].toSorted()) {
    const mine = <T extends Place>(all: readonly T[]) => all.filter(({ vmId }) => vmId === id);
    vms.push(await reportOf(acknowledged.get(id), mine(places), mine(processes)));
  }
  return { vms: vms.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The names of the VMs of which a host has a committed copy, by the records beside the disks. */
export async function keptCopies(dir: string, host: string): Promise<string[]> {
  const lab = resolve(dir);
  const { volumes } = await readHost(lab, host);
  const names: string[] = [];
  for (const { path } of volumes) {
    const folder = join(hostFolder(lab, host), path, 'ferry');
    for (const copy of await readdir(folder).catch(() => [])) {
      const record = await readJson<{ vm: { name: string } }>(join(folder, copy, 'copy.json'));
      if (record) names.push(record.vm.name);
    }
  }
  return names;
}

async function registrations(dir: string): Promise<Place[]> {
  const places: Place[] = [];
  for (const host of await hostNames(dir)) {
    for (const vmId of await vmIds(dir, host)) {
      const place = { dir, host, vmId };
      if (await readVm(place)) places.push(place);
    }
  }
  return places;
}

async function reportOf(
  witness: VmStatistics,
  places: readonly Place[],
  processes: readonly GuestProcess[],
): Promise<VmReport> {
  const looked = await Promise.all(places.map((place) => look(place, witness)));
  const seen = looked.filter((each) => each !== undefined);
  const registeredOn = seen.map(({ registration }) => registration);
  const home = homeOf(registeredOn, processes);
  const least = registeredOn.toSorted((a, b) => a.lost - b.lost)[0];
  const counted = registeredOn.find(({ host }) => host === home) ?? least;
  return {
    id: witness.vm,
    name: seen[0]?.name ?? witness.vm,
    registeredOn,
    runningOn: processes.map(({ host, pid }) => ({ host, pid })),
    ranTwice: processes.length > 1 || witness.splitBrains > 0,
    acknowledged: witness.acknowledged,
    ...(home === undefined ? {} : { home }),
    lost: counted?.lost ?? witness.acknowledged,
    lostNumbers: counted?.lostNumbers ?? [],
    ...(witness.longestGap ? { longestPause: witness.longestGap } : {}),
  };
}

function homeOf(
  registeredOn: readonly Registration[],
  processes: readonly GuestProcess[],
): string | undefined {
  const running = new Set(processes.map(({ host }) => host));
  if (running.size > 0) return running.size === 1 ? [...running][0] : undefined;
  const startable = registeredOn.filter(({ fenced }) => !fenced);
  return startable.length === 1 ? startable[0]?.host : undefined;
}

async function look(place: Place, witness: VmStatistics) {
  for (let attempt = 1; ; attempt++) {
    const vm = await readVm(place);
    if (vm === undefined) return undefined;
    try {
      const found = await registrationOf(place.host, vm, witness);
      if (JSON.stringify(await readVm(place)) === JSON.stringify(vm) || attempt === LOOKS_MAX)
        return { name: vm.name, registration: found };
    } catch (error) {
      if (attempt === LOOKS_MAX) throw error;
    }
    await sleep(LOOK_MILLISECONDS);
  }
}

async function registrationOf(
  host: string,
  vm: LabVm,
  witness: VmStatistics,
): Promise<Registration> {
  const rings: (readonly (number | undefined)[])[] = [];
  let isPlain = vm.checkpoints.length === 0 && !vm.merging;
  for (const { path, idle } of realDisks(vm.disks)) {
    const leaf = await leafFile(path);
    isPlain &&= (await chainFiles(leaf)).length === 1;
    await using disk = await openChain(leaf);
    if (!idle) rings.push(await readRing(disk, vm.id));
  }
  const missing = lostNumbers(rings, witness);
  return {
    host,
    startAction: vm.startAction,
    fenced: await isFenced(vm),
    checkpoints: vm.checkpoints.map(({ name }) => name),
    chainIsPlain: isPlain,
    lost: missing.length,
    lostNumbers: missing.slice(0, LOST_NAMED_MAX),
  };
}

/** Acknowledged numbers that the rings must still hold and in whose slot nothing as new lies. */
export function lostNumbers(
  rings: readonly (readonly (number | undefined)[])[],
  { numbers, highest }: Pick<VmStatistics, 'numbers' | 'highest'>,
): number[] {
  const oldest = highest + UNACKNOWLEDGED_MAX - rings.length * RING_RECORDS;
  return [...numbers].filter((number) => {
    const { disk, index } = slotOf(number, rings.length);
    const found = rings[disk]?.[index];
    return number > oldest && (found === undefined || found < number);
  });
}
