/** What an import plans, objects to, and makes: facts A.10 and D.8. */

import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exists } from '../../../../src/hosts/files.ts';
import { linkages } from '../../../../src/hosts/lab/checkpoints.ts';
import { vmFile, vmFolder } from '../../../../src/hosts/lab/layout.ts';
import { readHost, writeJson } from '../../../../src/hosts/lab/state.ts';
import { type Call, failure, say } from '../call.ts';
import { type CopyPlaces, keyOf, type SimVm } from '../kept.ts';
import { IDS, type Objection } from '../moves/compare.ts';
import { dvdDrives, hardDisks, snapshotsOf } from '../shapes/devices.ts';
import { networkAdapters } from '../shapes/network.ts';
import { virtualMachine } from '../shapes/vm.ts';
import type { DoubleObject } from '../wire.ts';
import { hresult } from '../wire.ts';
import { definitionFiles, definitionPath, readDefinition } from './definition-file.ts';

export interface ImportOrder {
  /** Of the definition, as Windows shows it. */
  readonly path: string;
  readonly copy?: CopyPlaces;
  readonly newId?: string;
}

/** Makes the planned VM that the report is about. @throws WindowsError */
export async function planImport(call: Call, { path, copy, newId }: ImportOrder): Promise<SimVm> {
  const { world, host } = call;
  const real = world.real(path);
  const read = world.isOwn(host.name, real) ? await readDefinition(real) : undefined;
  if (read === undefined)
    throw failure(call, 'definition-unreadable', {
      facts: { path },
      errorId: 'ObjectNotFound',
      category: 'ObjectNotFound',
      hresult: hresult(0x80070002),
      target: path,
    });
  const lab = newId === undefined ? read.lab : { ...read.lab, id: newId };
  await refuseKnown(call, lab.id);
  const folder = world.shown(dirname(dirname(real)));
  const overlay = { ...read.overlay, configurationPath: folder, snapshotPath: folder };
  const kept = { host: host.name, definition: real, lab, overlay };
  world.kept.imports.push(copy === undefined ? kept : { ...kept, copy });
  await world.save();
  const planned = world.importOf(host.name, lab.id);
  if (planned === undefined) throw new Error(`${lab.name} is not planned`);
  return planned;
}

/** Registered or planned here, or both: one Id is one VM. @throws WindowsError */
async function refuseKnown(call: Call, vmId: string): Promise<void> {
  const { world, host } = call;
  const isPlanned = world.plannedOn(host.name).some((each) => each.vmId === vmId);
  if (!isPlanned && (await world.vmOrPlanned(host.name, vmId)) === undefined) return;
  throw failure(call, 'same-id', {
    errorId: 'ObjectAlreadyExists',
    category: 'ResourceExists',
    hresult: hresult(0x80070050),
    target: vmId,
  });
}

/** The report's content, as things are now. */
export async function objectionsToImport(call: Call, vm: SimVm): Promise<Objection[]> {
  const { world, host } = call;
  const { switches } = await readHost(world.dir, host.name);
  const known = new Set(switches.map(({ name }) => name));
  const lost = networkAdapters(vm, true).filter(
    ({ SwitchName }) => typeof SwitchName === 'string' && !known.has(SwitchName),
  );
  const found: Objection[] = lost.map((source) => ({
    messageId: IDS.switch,
    message: say(call, 'switch-not-found', { switch: String(source.SwitchName) }),
    source,
  }));
  const media = [...hardDisks(world, vm), ...dvdDrives(vm)];
  for (const source of media) {
    const path = source.Path;
    if (typeof path !== 'string' || path === '' || (await isThere(call, path))) continue;
    found.push(missing(call, vm, { source, path }));
  }
  for (const source of snapshotsOf(world, vm)) {
    const drives = source.HardDrives as readonly { readonly Path: string }[];
    for (const { Path } of drives)
      if (!(await isThere(call, Path))) found.push(missing(call, vm, { source, path: Path }));
  }
  if (!host.profile.versions.includes(vm.overlay.version)) {
    const facts = { vm: vm.lab.name, host: host.name, version: vm.overlay.version };
    const message = say(call, 'version-unsupported', facts);
    found.push({ messageId: IDS.version, message, source: await virtualMachine(world, vm) });
  }
  const names = [vm.lab.id, vm.lab.name];
  const ordered = world.faults.take('incompatible', { vm: names, host: host.name });
  if (ordered === undefined) return found;
  const { messageId, message, source } = ordered;
  return [...found, { messageId, message, source: { $type: source, Name: vm.lab.name } }];
}

const missing = (
  call: Call,
  vm: SimVm,
  { source, path }: { source: DoubleObject; path: string },
): Objection => ({
  messageId: IDS.file,
  message: say(call, 'file-not-found', { vm: vm.lab.name, path }),
  source,
});

async function isThere({ world, host }: Call, path: string): Promise<boolean> {
  const real = world.real(path);
  return host.overlay.files.includes(path) || (world.isOwn(host.name, real) && exists(real));
}

/** The planned VM is one of this host from now on, and off. @throws WindowsError */
export async function realise(call: Call, planned: SimVm): Promise<SimVm> {
  const { world } = call;
  const kept = world.kept.imports.find(
    (each) => each.host === planned.host && each.lab.id === planned.place.vmId,
  );
  if (kept === undefined) throw new Error(`${planned.lab.name} is not planned`);
  const { lab, overlay, definition } = kept.copy === undefined ? kept : await copied(kept);
  const closedLinkage = await linkages(lab);
  await mkdir(vmFolder(planned.place), { recursive: true });
  await writeJson(vmFile(planned.place), { ...lab, closedLinkage });
  world.kept.imports = world.kept.imports.filter((each) => each !== kept);
  world.kept.vms[keyOf(planned.place)] = { ...overlay, definition };
  await world.save();
  const vm = await world.vm(planned.host, planned.place.vmId);
  if (vm === undefined) throw new Error(`${lab.name} is not registered`);
  return vm;
}

type Kept = Call['world']['kept']['imports'][number];

/** `-Copy`: definition and disks go where they were asked to. */
async function copied({
  lab,
  overlay,
  definition,
  copy,
}: Kept): Promise<Pick<Kept, 'lab' | 'overlay' | 'definition'>> {
  const folder = copy?.configuration ?? dirname(dirname(definition));
  const path = definitionPath(folder, lab.id);
  await mkdir(dirname(path), { recursive: true });
  const targets = definitionFiles(path);
  for (const [index, file] of definitionFiles(definition).entries()) {
    const to = targets[index];
    if (to !== undefined && to !== file && (await exists(file))) await copyFile(file, to);
  }
  const disks = [];
  for (const disk of lab.disks) {
    const to = copy?.disks === undefined ? disk.path : join(copy.disks, basename(disk.path));
    if (to !== disk.path && disk.passThrough !== true) {
      await mkdir(dirname(to), { recursive: true });
      await copyFile(disk.path, to);
    }
    disks.push({ ...disk, path: to });
  }
  const moved = { ...overlay, configurationPath: folder, snapshotPath: folder };
  return { lab: { ...lab, disks }, overlay: moved, definition: path };
}
