/** A VM's definition on its way to another host: JSON without disks' places and checkpoints. */

import { mkdir, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { rewired } from '../../domain/networks.ts';
import { Problem } from '../../domain/problem.ts';
import { exists } from '../files.ts';
import type { Definition, NewHome } from '../host.ts';
import { linkages, realDisks } from './checkpoints.ts';
import { isRunning, withJobLock } from './control.ts';
import { renameLeaves, requiredOff, restoreLeaves } from './fence.ts';
import { leafFile, type Place, unregisteredFile, vmFile, vmFolder } from './layout.ts';
import {
  type LabDisk,
  type LabVm,
  readHost,
  readJson,
  readVm,
  requireVm,
  writeJson,
} from './state.ts';

/** Hyper-V's own limits: 256 disks on four controllers, 68 adapters. */
const DISKS_MAX = 256;
const ADAPTERS_MAX = 68;
const TEXT_MAX = 4096;

const text = z.string().max(TEXT_MAX);
const definitionSchema = z.strictObject({
  id: z.uuid(),
  name: text.min(1),
  generation: z.union([z.literal(1), z.literal(2)]),
  processors: z.int().positive(),
  memoryStartupBytes: z.int().positive(),
  notes: text,
  recordsPerSecond: z.number().positive().max(1000),
  domainController: z.literal(true).exactOptional(),
  disks: z
    .array(
      z.strictObject({
        id: text,
        virtualBytes: z.int().positive(),
        idle: z.boolean().exactOptional(),
      }),
    )
    .max(DISKS_MAX),
  adapters: z
    .array(z.strictObject({ name: text, mac: text, switch: text, connected: z.boolean() }))
    .max(ADAPTERS_MAX),
});

export async function exportDefinition(place: Place): Promise<Definition> {
  const { id, name, generation, processors, memoryStartupBytes, ...vm } = await requireVm(place);
  const { notes, recordsPerSecond, domainController } = vm;
  const definition: z.infer<typeof definitionSchema> = {
    id,
    name,
    generation,
    processors,
    memoryStartupBytes,
    notes,
    recordsPerSecond,
    ...(domainController ? { domainController } : {}),
    disks: realDisks(vm.disks).map(({ id: disk, virtualBytes, idle }) => {
      return { id: disk, virtualBytes, ...(idle ? { idle } : {}) };
    }),
    adapters: [...vm.adapters],
  };
  return { vmId: id, bytes: Buffer.from(JSON.stringify(definition)) };
}

/**
 * Same Id, automatic start off, fenced: the disks are renamed before the VM is known here.
 * @throws Problem `definition-unreadable`, `switch-missing`, `disk-missing`, `vm-registered`
 */
export async function register(
  place: Place,
  bytes: Uint8Array,
  { disks: places, networks }: NewHome,
): Promise<void> {
  const exported = parsed(place, bytes);
  const definition = { ...exported, adapters: rewired(exported.adapters, networks) };
  const { switches } = await readHost(place.dir, place.host);
  const known = new Set(switches.map(({ name }) => name));
  const lacking = definition.adapters.find(
    (adapter) => adapter.connected && !known.has(adapter.switch),
  );
  if (lacking)
    throw new Problem('switch-missing', {
      host: place.host,
      vm: definition.name,
      switch: lacking.switch,
    });
  const disks = definition.disks.map((disk): LabDisk => {
    const path = places.find((each) => each.disk === disk.id)?.path;
    if (path !== undefined) return { ...disk, path };
    throw new Problem('disk-missing', { host: place.host, file: disk.id });
  });
  await withJobLock(place, async () => {
    await refuseOther(place, disks);
    await renameLeaves(place.host, disks);
    const vm: LabVm = {
      ...definition,
      disks,
      unplugged: true,
      startAction: 'Nothing',
      running: false,
      checkpoints: [],
      merging: false,
      creating: [],
      closedLinkage: {},
    };
    await mkdir(vmFolder(place), { recursive: true });
    await writeJson(vmFile(place), { ...vm, closedLinkage: await linkages(vm) });
  });
}

/** Disks stay, under the names that they were registered with. @throws Problem `vm-running` */
export async function unregister(place: Place): Promise<void> {
  await requiredOff(place, async () => {
    // First unknown, then renamed: there is no moment at which it could start.
    if (await exists(vmFile(place))) await rename(vmFile(place), unregisteredFile(place));
    const vm = await readJson<LabVm>(unregisteredFile(place));
    if (vm === undefined) return;
    const present: LabDisk[] = [];
    for (const disk of realDisks(vm.disks)) {
      if (await exists(await leafFile(disk.path))) present.push(disk);
    }
    await restoreLeaves(place.host, present);
    await rm(unregisteredFile(place));
  });
}

/** Registered here with these disks already is what was wanted; with others it is somebody else's. */
async function refuseOther(place: Place, disks: readonly LabDisk[]): Promise<void> {
  const vm = await readVm(place);
  if (vm === undefined) return;
  const facts = { host: place.host, vm: vm.name };
  if (await isRunning(place)) throw new Problem('vm-running', facts);
  const same = disks.every((disk) => vm.disks.some((each) => each.path === disk.path));
  if (!same) throw new Problem('vm-registered', facts);
}

function parsed({ host, vmId }: Place, bytes: Uint8Array) {
  try {
    const definition = definitionSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    if (definition.id === vmId) return definition;
    throw new Error(`The definition is of ${definition.id}`);
  } catch (cause) {
    throw new Problem('definition-unreadable', { host, vm: vmId }, { cause });
  }
}
