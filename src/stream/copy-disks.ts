/** The files of a copy's disks: made empty, and those that the VM got beside the ones that it holds. */

import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createDisk } from '../disks/create.ts';
import { Problem } from '../domain/problem.ts';
import type { SessionDisk } from './copy-records.ts';
import { syncDirectory } from './record-file.ts';

/** @throws {Problem} disk-exists */
export async function refuseTaken(disks: readonly SessionDisk[]): Promise<void> {
  for (const { path } of disks) {
    if (await isThere(path)) throw new Problem('disk-exists', { file: path });
  }
}

/** Whole or not at all, and durable: what a crash leaves has another name. */
export async function makeDisk({ path, disk: _, ...shape }: SessionDisk): Promise<void> {
  const half = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  await rm(half, { force: true });
  await createDisk(half, shape);
  await rename(half, path);
  await syncDirectory(dirname(path));
}

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What the VM has beside the disks that the copy holds; undefined where one of these is another. */
export function disksBeside(
  held: readonly SessionDisk[],
  wanted: readonly SessionDisk[],
): SessionDisk[] | undefined {
  const shapes = new Set(wanted.map(shapeOf));
  if (!held.every((disk) => shapes.has(shapeOf(disk)))) return undefined;
  const known = new Set(held.map(shapeOf));
  return wanted.filter((disk) => !known.has(shapeOf(disk)));
}

const shapeOf = ({
  disk,
  virtualBytes,
  logicalSectorBytes,
  format = 'vhdx',
}: SessionDisk): string => JSON.stringify([disk, virtualBytes, logicalSectorBytes, format]);
