/** ExportSystemDefinition: facts D.5 and D.6. */

import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exists } from '../../../../src/hosts/files.ts';
import type { LabDisk, LabVm } from '../../../../src/hosts/lab/state.ts';
import type { Call } from '../call.ts';
import { chainsOf } from '../checkpoints/chains.ts';
import type { SimVm } from '../kept.ts';
import type { EmbeddedValue } from '../wmi/embedded.ts';
import { jobFailure } from '../wmi/method.ts';
import { idOf } from '../wmi/setting-data.ts';
import { definitionPath, writeDefinition } from './definition-file.ts';

/** `CopySnapshotConfiguration`. */
const SNAPSHOTS = { all: 0, none: 1 } as const;
const EXISTS = 0x80070050;
const PATH_NOT_FOUND = 0x80070003;

export interface ExportOrder {
  /** As Windows shows it. */
  readonly folder: string;
  readonly settings: ReadonlyMap<string, EmbeddedValue>;
}

/** @throws WindowsError, which is the job's */
export async function exportDefinition(
  call: Call,
  vm: SimVm,
  { folder, settings }: ExportOrder,
): Promise<void> {
  const { world } = call;
  const { lab } = vm;
  const fails = (code: number) => jobFailure(call, 'export-failed', { vm: lab.name, code });
  const ordered = world.faults.take('export-fails', { vm: [lab.id, lab.name], host: vm.host });
  if (ordered !== undefined) throw fails(ordered.hresult);
  const real = world.real(folder);
  if (!world.isOwn(vm.host, real)) throw fails(PATH_NOT_FOUND);
  const isApart = settings.get('CreateVmExportSubdirectory') !== false;
  const target = isApart ? join(real, lab.name) : real;
  const path = definitionPath(target, lab.id);
  if ((isApart && (await exists(target))) || (await exists(path))) throw fails(EXISTS);
  const copies = settings.get('CopyVmStorage') !== false;
  const disks = copies ? await copied(vm, join(target, 'Virtual Hard Disks')) : lab.disks;
  await writeDefinition(path, { lab: plainLab(lab, disks, settings), overlay: plainOverlay(vm) });
  // Whoever copies the disks himself wants them to stay as they are meanwhile.
  if (!copies) await world.changeVm(vm, { diskMergeOff: true });
}

function plainLab(lab: LabVm, disks: readonly LabDisk[], settings: ExportOrder['settings']): LabVm {
  const snapshots = settings.get('CopySnapshotConfiguration');
  const wanted = idOf(
    /"(Microsoft:[^"]+)"/.exec(String(settings.get('SnapshotVirtualSystem')))?.[1] ?? '',
  );
  const one = lab.checkpoints.find(({ id }) => id === wanted);
  return {
    ...lab,
    // Of one checkpoint, with the VM's own Id: its disks are those that it froze.
    disks: disks.map((disk) => ({ ...disk, path: one?.frozen[disk.id] ?? disk.path })),
    checkpoints: snapshots === SNAPSHOTS.all ? lab.checkpoints : [],
    merging: false,
    merge: undefined,
    creating: [],
    closedLinkage: {},
    running: false,
    unplugged: false,
  };
}

function plainOverlay({ overlay }: SimVm): SimVm['overlay'] {
  const { state: _, secondaryStatus: __, diskMergeOff: ___, definition: ____, ...rest } = overlay;
  return { ...rest, primaryStatus: 'Ok' };
}

async function copied(vm: SimVm, folder: string): Promise<LabDisk[]> {
  await mkdir(folder, { recursive: true });
  const chains = await chainsOf(vm.lab);
  for (const file of new Set([...chains.values()].flat()))
    await copyFile(file, join(folder, basename(file)));
  return vm.lab.disks.map((disk) => ({ ...disk, path: join(folder, basename(disk.path)) }));
}
