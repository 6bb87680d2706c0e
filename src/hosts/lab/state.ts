/** What a lab host remembers: its equipment, and each VM's definition and changing state, as JSON. */

import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { HostFacts, MigrationNetworkFacts, SwitchFacts } from '../../domain/host.ts';
import { Problem } from '../../domain/problem.ts';
import type { StartAction } from '../../domain/vm.ts';
import { orAbsent } from '../files.ts';
import { hostFile, hostsFolder, type Place, vmFile, vmsFolder } from './layout.ts';

/** Faults that a host plays from now on; tests and `lab --fault` write them into `host.json`. */
export interface LabFaults {
  /** A start ends before it opens a disk. */
  readonly startFails?: boolean;
  /** Guests answer a shutdown request and go on. */
  readonly guestWillNotStop?: boolean;
  /** Guests obey a shutdown request long after everybody has given up. */
  readonly guestStopsLate?: boolean;
}

export interface LabVolume {
  /** Relative to the host's folder. */
  readonly path: string;
  readonly fileSystem: string;
  readonly bytesTotal: number;
}

export interface LabHostState
  extends Pick<HostFacts, 'name' | 'vmVolume' | 'memoryBytesTotal' | 'processors' | 'slotsMax'> {
  readonly volumes: readonly LabVolume[];
  readonly switches: readonly SwitchFacts[];
  readonly networks: readonly MigrationNetworkFacts[];
  readonly faults?: LabFaults;
}

export interface LabDisk {
  readonly id: string;
  /** The leaf that a start opens; it keeps this name here while the fence has renamed the file. */
  readonly path: string;
  readonly virtualBytes: number;
  readonly passThrough?: boolean;
  /** Came later: the guest has it and keeps its records on the others. */
  readonly idle?: boolean;
}

export interface LabAdapter {
  readonly name: string;
  readonly mac: string;
  readonly switch: string;
  /** Whether its owner plugged it in. */
  readonly connected: boolean;
}

export interface LabCheckpoint {
  readonly id: string;
  readonly name: string;
  /** The file that it froze, by disk. */
  readonly frozen: Readonly<Record<string, string>>;
}

/** A merge under way: what a killed process began, the next one finishes. */
export interface LabMerge {
  readonly disk: string;
  readonly child: string;
  readonly parent: string;
  /** The child's own child; absent when the child is the leaf. */
  readonly above?: string;
}

/** What moves with the VM to another host. */
export interface LabDefinition {
  readonly id: string;
  readonly name: string;
  readonly generation: 1 | 2;
  readonly processors: number;
  readonly memoryStartupBytes: number;
  readonly notes: string;
  readonly recordsPerSecond: number;
  readonly domainController?: true;
}

export interface LabVm extends LabDefinition {
  readonly disks: readonly LabDisk[];
  readonly adapters: readonly LabAdapter[];
  /** The fence's half at the network: no adapter is plugged in, whatever `connected` says. */
  readonly unplugged: boolean;
  readonly startAction: StartAction;
  /** What it last was: still true after a power cut, for `StartIfRunning`. */
  readonly running: boolean;
  /** Oldest first. */
  readonly checkpoints: readonly LabCheckpoint[];
  readonly merging: boolean;
  readonly merge?: LabMerge | undefined;
  /** Files of a checkpoint that is being taken: rubbish when nobody finishes it. */
  readonly creating: readonly string[];
  /** Each leaf's linkage when it was last closed in order: unchanged means that nothing ran. */
  readonly closedLinkage: Readonly<Record<string, string>>;
}

/** @throws Problem `lab-host-missing` */
export async function readHost(dir: string, host: string): Promise<LabHostState> {
  const state = await readJson<LabHostState>(hostFile(dir, host));
  if (state === undefined) throw new Problem('lab-host-missing', { host, folder: dir });
  return state;
}

/** What the host plays from now on; `{}` ends all faults. */
export async function setHostFaults(dir: string, host: string, faults: LabFaults): Promise<void> {
  await writeJson(hostFile(dir, host), { ...(await readHost(dir, host)), faults });
}

export const hostNames = (dir: string): Promise<string[]> => folderNames(hostsFolder(dir));

/** The registered VMs' Ids, those that went away included: `readVm` says which are still there. */
export const vmIds = (dir: string, host: string): Promise<string[]> =>
  folderNames(vmsFolder(dir, host));

/** `undefined` when it is not registered there. */
export const readVm = (place: Place): Promise<LabVm | undefined> => readJson<LabVm>(vmFile(place));

/** @throws Problem `vm-unknown` */
export async function requireVm(place: Place): Promise<LabVm> {
  const vm = await readVm(place);
  if (vm === undefined) throw new Problem('vm-unknown', { host: place.host, vm: place.vmId });
  return vm;
}

/** Only inside the VM's job lock: whoever reads the file never sees it half written. */
export async function changeVm(place: Place, change: Partial<LabVm>): Promise<LabVm> {
  const vm = { ...(await requireVm(place)), ...change };
  await writeJson(vmFile(place), vm);
  return vm;
}

export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(orAbsent);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  await writeFile(beside, `${JSON.stringify(value, null, 2)}\n`);
  await rename(beside, path);
}

async function folderNames(path: string): Promise<string[]> {
  const entries = (await readdir(path, { withFileTypes: true }).catch(orAbsent)) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
