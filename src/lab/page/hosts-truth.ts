/** What lies and runs on the lab's hosts, by their folders and the process list: Ferry is not asked. */

import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { orAbsent } from '../../hosts/files.ts';
import { isFenced } from '../../hosts/lab/fence.ts';
import { hostFolder, leafFile } from '../../hosts/lab/layout.ts';
import { type GuestProcess, guestProcesses } from '../../hosts/lab/processes.ts';
import { hostNames, type LabVm, readJson, readVm, vmIds } from '../../hosts/lab/state.ts';
import type { CopyTruth, DiskTruth, HostTruth, HostVm } from './wire.ts';

/** A copy's folder lies below the host's volume. */
const COPY_DEPTH_MAX = 5;
const FOLDERS_MAX = 500;

const copySchema = z.object({
  vm: z.object({ name: z.string() }),
  operation: z.string(),
  round: z.number(),
  committedAt: z.number(),
  disks: z.array(z.object({ path: z.string() })),
});

/** `powerless`: the hosts whose power is off by a deed of this page. */
export async function readHosts(
  directory: string,
  powerless: ReadonlySet<string>,
): Promise<HostTruth[]> {
  const processes = await guestProcesses(directory);
  const names = (await hostNames(directory)).toSorted();
  return await Promise.all(
    names.map(async (name) => ({
      name,
      hasPower: !powerless.has(name),
      vms: await vmsOf(directory, name, processes),
      copies: await copiesOf(directory, name),
    })),
  );
}

async function vmsOf(
  dir: string,
  host: string,
  processes: readonly GuestProcess[],
): Promise<HostVm[]> {
  const vms: HostVm[] = [];
  for (const vmId of await vmIds(dir, host)) {
    const vm = await readVm({ dir, host, vmId });
    const isRunning = processes.some((each) => each.host === host && each.vmId === vmId);
    if (vm) vms.push(await shown(dir, vm, isRunning));
  }
  return vms.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function shown(dir: string, vm: LabVm, isRunning: boolean): Promise<HostVm> {
  return {
    id: vm.id,
    name: vm.name,
    isRunning,
    isFenced: await isFenced(vm),
    startAction: vm.startAction,
    checkpoints: vm.checkpoints.map(({ name }) => name),
    disks: await Promise.all(vm.disks.map((disk) => diskOf(dir, disk))),
  };
}

async function diskOf(
  dir: string,
  { id, path, virtualBytes }: LabVm['disks'][number],
): Promise<DiskTruth> {
  const leaf = await leafFile(path);
  const bytes = await bytesOf(leaf);
  const shownPath = relative(dir, leaf);
  return { id, path: shownPath, virtualBytes, ...(bytes === undefined ? {} : { bytes }) };
}

/** `undefined` for a file that is not there, or went while it was looked for. */
async function bytesOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(orAbsent))?.size;
}

/** Every `copy.json` of the host. */
async function copiesOf(dir: string, host: string): Promise<CopyTruth[]> {
  const folders = await foldersBelow(hostFolder(dir, host));
  const copies = await Promise.all(folders.map((folder) => copyIn(dir, folder)));
  return copies.filter((copy) => copy !== undefined);
}

async function foldersBelow(top: string): Promise<string[]> {
  const found: string[] = [top];
  let level = [top];
  for (let depth = 0; depth < COPY_DEPTH_MAX && found.length < FOLDERS_MAX; depth++) {
    level = (await Promise.all(level.map(foldersIn))).flat();
    found.push(...level);
  }
  return found.slice(0, FOLDERS_MAX);
}

async function foldersIn(folder: string): Promise<string[]> {
  // A clean-up may take it away while it is looked at.
  const entries = (await readdir(folder, { withFileTypes: true }).catch(orAbsent)) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

async function copyIn(dir: string, folder: string): Promise<CopyTruth | undefined> {
  const found = copySchema.safeParse(await readJson(join(folder, 'copy.json')));
  if (!found.success) return undefined;
  const { vm, operation, round, committedAt, disks } = found.data;
  const sizes = await Promise.all(disks.map(({ path }) => bytesOf(path)));
  return {
    vm: vm.name,
    operation,
    round,
    committedAtMs: committedAt,
    folder: relative(dir, folder),
    bytes: sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
  };
}
