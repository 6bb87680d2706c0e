/**
 * Checkpoints of a lab VM as Hyper-V keeps them: a chain of real files for each disk, of which only
 * the leaf is written. The guest's process does this while the VM runs, the driver while it is off.
 * A process may be killed anywhere in here: what it was about to do stands in `vm.json` first.
 */

import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { chainFiles, describeFile } from '../../disks/chain.ts';
import { createChild } from '../../disks/create.ts';
import { mergeIntoParent, reparent } from '../../disks/merge.ts';
import { exists, FENCED } from '../files.ts';
import { leafFile, type Place } from './layout.ts';
import { changeVm, type LabDisk, type LabMerge, type LabVm, requireVm } from './state.ts';

/** Hyper-V's own limit of checkpoints is 50; a chain of ours is 3 files long. */
const CHAIN_FILES_MAX = 64;

/** Whoever has the leaves open lets go of them while the chain changes. */
export interface Opener {
  readonly running: boolean;
  /** No record is written meanwhile; afterwards the leaves that `vm.json` names are open. */
  released(act: () => Promise<void>): Promise<void>;
}

/** A VM that is off: nobody has its disks open. */
export const nobody: Opener = { running: false, released: (act) => act() };

export const realDisks = (disks: readonly LabDisk[]): LabDisk[] =>
  disks.filter((disk) => !disk.passThrough);

/** Those that take turns with the guest's records. */
export const recordDisks = (disks: readonly LabDisk[]): LabDisk[] =>
  realDisks(disks).filter((disk) => !disk.idle);

/** All disks go on in new leaves together, between two records. Taken already: nothing happens. */
export async function takeCheckpoint(place: Place, name: string, opener: Opener): Promise<void> {
  const vm = await recovered(place, opener);
  if (vm.checkpoints.some((checkpoint) => checkpoint.name === name)) return;
  const id = randomUUID();
  const frozen = Object.fromEntries(realDisks(vm.disks).map((disk) => [disk.id, disk.path]));
  const checkpoints = [...vm.checkpoints, { id, name, frozen }];
  await newLeaves(place, realDisks(vm.disks), opener, { id, change: { checkpoints } });
}

/** Takes these checkpoints off the list and merges every file that none of the others needs. */
export async function removeCheckpoints(
  place: Place,
  names: readonly string[],
  opener: Opener,
): Promise<void> {
  const vm = await recovered(place, opener);
  const checkpoints = vm.checkpoints.filter(({ name }) => !names.includes(name));
  await changeVm(place, { checkpoints, merging: true });
  for (const disk of realDisks(vm.disks)) {
    if (await hasChain(disk)) await collapse(place, disk.id, opener);
  }
  await changeVm(place, { merging: false });
  if (!opener.running) await recordClosed(place);
}

/** A drive that came later and whose file is missing has nothing to merge, and keeps the VM from starting. */
export const hasChain = async ({ idle, path }: LabDisk): Promise<boolean> =>
  idle !== true || (await exists(await leafFile(path)));

/** Remembers each leaf's linkage: as long as it is the same, the VM has written nothing since. */
export async function recordClosed(place: Place): Promise<void> {
  await changeVm(place, { closedLinkage: await linkages(await requireVm(place)) });
}

/** Each disk's leaf linkage now. */
export async function linkages(vm: LabVm): Promise<Record<string, string>> {
  const pairs = realDisks(vm.disks).map(async (disk) => {
    if (!(await hasChain(disk))) return [disk.id, ''] as const;
    const file = await describeFile(await leafFile(disk.path));
    return [disk.id, file.identity.linkage] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/** Ends what a killed process began. */
export async function recovered(place: Place, opener: Opener): Promise<LabVm> {
  const vm = await requireVm(place);
  if (vm.merge !== undefined) await finishMerge(place, vm.merge, opener);
  if (vm.creating.length === 0) return requireVm(place);
  for (const path of vm.creating) {
    if (!vm.disks.some((disk) => disk.path === path)) await rm(path, { force: true });
  }
  return changeVm(place, { creating: [] });
}

async function newLeaves(
  place: Place,
  disks: readonly LabDisk[],
  opener: Opener,
  { id, change }: { id: string; change: Partial<LabVm> },
): Promise<void> {
  const leaves = new Map(disks.map((disk) => [disk.id, leafName(disk.path, id)]));
  await changeVm(place, { creating: [...leaves.values()] });
  await opener.released(async () => {
    for (const disk of disks) await createChild(leaves.get(disk.id) ?? disk.path, disk.path);
    const vm = await requireVm(place);
    const moved = vm.disks.map((disk) => ({ ...disk, path: leaves.get(disk.id) ?? disk.path }));
    await changeVm(place, { ...change, disks: moved, creating: [] });
    if (!opener.running) await recordClosed(place);
  });
}

/** `dc02.vhdx` goes on in `dc02_<id>.avhdx`, and that one too: names do not grow. VHD likewise. */
function leafName(path: string, id: string): string {
  const { name, ext } = parse(path);
  const stem = name.replace(/_[0-9a-f-]{36}$/, '');
  return join(dirname(path), `${stem}_${id}.a${ext.replace(/^\.a?/, '')}`);
}

/** Merges until every file below the leaf is one that a checkpoint froze. */
async function collapse(place: Place, diskId: string, opener: Opener): Promise<void> {
  let leafIsFresh = false;
  for (let merges = 0; merges < CHAIN_FILES_MAX; merges++) {
    const vm = await requireVm(place);
    const disk = diskOf(vm, diskId);
    const files = await chainFiles(await leafFile(disk.path));
    const paths = files.map((file) => file.identity.path).toReversed();
    const kept = new Set(vm.checkpoints.map((checkpoint) => checkpoint.frozen[diskId]));
    const index = paths.findIndex((_, at) => at > 0 && !kept.has(paths[at - 1]));
    const [parent, child, above] = [paths[index - 1], paths[index], paths[index + 1]];
    if (parent === undefined || child === undefined) return;
    if (above === undefined && opener.running && !leafIsFresh) {
      // The guest goes on in a fresh leaf, so that it stands still only for what that one gathers.
      await newLeaves(place, [disk], opener, { id: randomUUID(), change: {} });
      leafIsFresh = true;
      continue;
    }
    const merge = { disk: diskId, child, parent, ...(above === undefined ? {} : { above }) };
    await changeVm(place, { merge });
    await finishMerge(place, merge, opener);
  }
}

/** Each part looks whether it was done before. */
async function finishMerge(place: Place, merge: LabMerge, opener: Opener): Promise<void> {
  const { child, parent, above } = merge;
  if (above !== undefined) {
    if ((await describeFile(above)).parent?.path !== parent) {
      // Live: the guest writes only to a leaf above, and reads through the child until it is done.
      await mergeIntoParent(child);
      await opener.released(() => reparent(above, parent));
    }
  } else if (await exists(child)) {
    await opener.released(async () => {
      await mergeLeaf(merge);
      await pointAtParent(place, merge);
    });
  }
  await pointAtParent(place, merge);
  await rm(child, { force: true });
  await changeVm(place, { merge: undefined });
}

async function mergeLeaf({ child, parent }: LabMerge): Promise<void> {
  const fenced = child.endsWith(FENCED);
  if (!(await exists(parent))) return;
  await mergeIntoParent(child);
  // Before the definition names the parent as its leaf: a fenced VM can start at no moment.
  if (fenced) await rename(parent, parent + FENCED);
}

/** Whatever named the child names the parent, which now holds the same. */
async function pointAtParent(place: Place, { disk, child, parent }: LabMerge): Promise<void> {
  const vm = await requireVm(place);
  const name = child.endsWith(FENCED) ? child.slice(0, -FENCED.length) : child;
  const disks = vm.disks.map((each) =>
    each.id === disk && each.path === name ? { ...each, path: parent } : each,
  );
  const checkpoints = vm.checkpoints.map((each) =>
    each.frozen[disk] === child ? { ...each, frozen: { ...each.frozen, [disk]: parent } } : each,
  );
  await changeVm(place, { disks, checkpoints });
}

function diskOf(vm: LabVm, id: string): LabDisk {
  const disk = vm.disks.find((each) => each.id === id);
  if (disk === undefined) throw new Error(`${vm.name} has no disk ${id}`);
  return disk;
}
