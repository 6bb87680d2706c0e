/** The copies on this host, by what their own folders say. A disk that a VM here uses is no copy. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundCopy } from '../../jobs/inspect.ts';
import type { HostFacts } from '../domain/host.ts';
import { ferryFolder } from '../preflight/copy-paths.ts';
import { committedSchema, placesIn } from '../stream/copy-records.ts';
import { orAbsent } from './notebook.ts';

const COPIES_MAX = 1_000;

/** Every committed copy on the volumes of this host. */
export async function copiesOn({ volumes, vms }: HostFacts): Promise<readonly FoundCopy[]> {
  const used = new Set(vms.flatMap(({ disks }) => disks.map(({ path }) => path.toLowerCase())));
  const found: FoundCopy[] = [];
  for (const { path } of volumes) {
    const root = ferryFolder(path);
    const names = (await readdir(root).catch(orAbsent)) ?? [];
    for (const name of names.slice(0, COPIES_MAX)) {
      const copy = await copyIn(join(root, name), used);
      if (copy) found.push(copy);
    }
  }
  return found;
}

async function copyIn(folder: string, used: ReadonlySet<string>): Promise<FoundCopy | undefined> {
  const text = await readFile(placesIn(folder).committed, 'utf8').catch(orAbsent);
  if (text === undefined) return undefined;
  const { vm, operation, committedAt, disks } = committedSchema.parse(JSON.parse(text));
  if (disks.some(({ path }) => used.has(path.toLowerCase()))) return undefined;
  const sizes = await Promise.all(
    disks.map(async ({ path }) => (await stat(path).catch(orAbsent))?.size ?? 0),
  );
  return { vm, operation, committedAt, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
