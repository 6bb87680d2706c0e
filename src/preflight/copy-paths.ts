/** Where a VM's disks go at the target. Names come from people, so nothing of them may act as a path. */

import path from 'node:path';
import type { HostFacts } from '../domain/host.ts';
import { pathKey } from '../domain/paths.ts';
import type { VmFacts } from '../domain/vm.ts';

const NAME_CHARS_MAX = 40;
const ID_CHARS = 8;
/** Names that Windows keeps for devices, whatever follows a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** `<vmVolume>/ferry/<vm name>-<short id>/<disk file>`, one for each disk, in the target's own style. */
export function copyPaths(vm: VmFacts, target: HostFacts): string[] {
  const style = styleOf(target.vmVolume);
  const folder = freshFolder(vm, target);
  const taken = new Set<string>();
  return vm.disks.map((disk) => {
    const extension = disk.format === 'vhd' ? '.vhd' : '.vhdx';
    const stem = safeName(stemOf(disk.path));
    const file = freshName(stem, extension, taken);
    taken.add(file.toLowerCase());
    return style.join(folder, file);
  });
}

/** A copy that was received before is used again; the disks that the VM left there stay alone. */
function freshFolder(vm: VmFacts, { vmVolume, kept = [] }: HostFacts): string {
  const style = styleOf(vmVolume);
  const left = kept.filter(({ kind }) => kind === 'left behind');
  const taken = new Set(left.map(({ folder }) => pathKey(style.dirname(folder))));
  const first = style.join(ferryFolder(vmVolume), folderName(vm));
  for (let number = 2; number <= left.length + 2; number += 1) {
    const folder = number === 2 ? first : `${first}-${number - 1}`;
    if (!taken.has(pathKey(folder))) return folder;
  }
  throw new Error(`No folder for ${vm.name} is free`);
}

const folderName = (vm: VmFacts): string =>
  `${safeName(vm.name)}-${safeName(vm.id).slice(0, ID_CHARS)}`;

/** The folder of a VM that is moved whole. */
export const folderFor = (vm: VmFacts, target: HostFacts): string =>
  styleOf(target.vmVolume).join(rootOf(target.vmVolume), folderName(vm));

/** Below it lie all copies on a volume. */
export const ferryFolder = (volume: string): string =>
  styleOf(volume).join(rootOf(volume), 'ferry');

/** The bot may run on another system than the host, so the host's own path decides. */
export function styleOf(volume: string): path.PlatformPath {
  return /^[a-z]:|\\/i.test(volume) ? path.win32 : path.posix;
}

/** `D:` alone would mean the current folder of drive D. */
const rootOf = (volume: string): string => (/^[a-z]:$/i.test(volume) ? `${volume}\\` : volume);

/** The disk's own name: without folders of either style and without what a checkpoint appends. */
function stemOf(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/(_[0-9a-f-]{36})?\.[^.]*$/i, '');
}

/** ASCII letters, digits, dash, underscore and inner dots; never empty, never a device. */
function safeName(name: string): string {
  const safe = name
    .replace(/[^a-z0-9._-]+/gi, '-')
    .replace(/^[.-]+/, '')
    .slice(0, NAME_CHARS_MAX)
    .replace(/[.-]+$/, '');
  const stem = safe.split('.')[0] ?? '';
  return safe === '' || DEVICE.test(stem) ? `vm-${safe || 'disk'}` : safe;
}

function freshName(stem: string, extension: string, taken: ReadonlySet<string>): string {
  for (let number = 1; number <= taken.size + 1; number += 1) {
    const file = number === 1 ? `${stem}${extension}` : `${stem}-${number}${extension}`;
    if (!taken.has(file.toLowerCase())) return file;
  }
  throw new Error('More names are taken than there are names');
}
