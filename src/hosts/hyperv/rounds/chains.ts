/** A VM's chains as Get-VHD tells them, as its checkpoints say they should be, and as we read them. */

import { access } from 'node:fs/promises';
import { chainFiles } from '../../../disks/chain.ts';
import { isSamePath } from '../../../domain/paths.ts';
import { Problem } from '../../../domain/problem.ts';
import { stateOf } from '../facts/vm.ts';
import type { CheckpointLook, DiskLook, Look } from './look.ts';
import type { Merging } from './note.ts';

export type ChainSign = 'expected' | 'other' | 'unread';

/** By Get-VHD: each file below a leaf must be one that a checkpoint froze, and no other. */
export function chainsOf(look: Look): ChainSign {
  const kept = keptOf(look);
  let sign: ChainSign = 'expected';
  for (const disk of realDisks(look)) {
    const paths = pathsOf(disk);
    if (paths === undefined) return 'unread';
    if (!isExpected(paths.slice(1), frozenOf(disk, kept))) sign = 'other';
  }
  return sign;
}

/**
 * How our own reading of a chain differs from Get-VHD's; each child names its parent's linkage there.
 * To be asked when all else says that no merge runs: a file that merges must not be opened. The leaf of
 * a VM that runs cannot be.
 */
export async function differenceIn(look: Look): Promise<string | undefined> {
  for (const disk of realDisks(look)) {
    const paths = pathsOf(disk) ?? [];
    const difference = await unlikeRead(stateOf(look.state) === 'Off' ? paths : paths.slice(1));
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** What a removal merges away: the file above each one that the checkpoint froze. */
export function mergedBy(look: Look, checkpoint: CheckpointLook): Pick<Merging, 'files' | 'bytes'> {
  const chains = look.disks.flatMap(({ id, files }) => {
    const frozen = checkpoint.disks.find((disk) => disk.id === id);
    return frozen && files && 'value' in files ? [{ frozen, files: files.value }] : [];
  });
  const files = chains.flatMap(({ frozen, files: chain }) => {
    const index = chain.findIndex(({ path }) => isSamePath(path, frozen.path));
    return chain.slice(Math.max(index - 1, 0), Math.max(index, 0));
  });
  const bytes = files.reduce((sum, { fileBytes }) => sum + (fileBytes || 0), 0);
  return { files: files.map(({ path }) => path), bytes };
}

/** Those of these files that are still there. */
export async function stillThere(files: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  for (const file of files) {
    const code = await access(file).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    // One that cannot be looked at is there.
    if (code !== 'ENOENT') left.push(file);
  }
  return left;
}

/** The removed ones may be listed a while longer: what they froze is nothing to go by. */
const keptOf = ({ checkpoints, note }: Look): CheckpointLook[] =>
  checkpoints.filter(({ id }) => !note.merging?.checkpoints.includes(id));

const realDisks = ({ disks }: Look): DiskLook[] => disks.filter(({ passThrough }) => !passThrough);

const pathsOf = ({ files }: DiskLook): string[] | undefined =>
  files && 'value' in files ? files.value.map(({ path }) => path) : undefined;

const frozenOf = (disk: DiskLook, checkpoints: readonly CheckpointLook[]): string[] =>
  checkpoints.flatMap(({ disks }) =>
    disks.filter(({ id }) => id === disk.id).map(({ path }) => path),
  );

const isExpected = (parents: readonly string[], frozen: readonly string[]): boolean =>
  parents.every((path) => frozen.some((one) => isSamePath(one, path))) &&
  frozen.every((path) => parents.some((one) => isSamePath(one, path)));

/** Why our own reading of a chain differs; each child names its parent's linkage there. */
async function unlikeRead(paths: readonly string[]): Promise<string | undefined> {
  const [top] = paths;
  if (top === undefined) return undefined;
  try {
    const read = (await chainFiles(top)).map(({ identity }) => identity.path);
    const isAlike =
      read.length === paths.length && read.every((path, at) => isSamePath(path, paths[at] ?? ''));
    return isAlike ? undefined : read.join(', ');
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}
