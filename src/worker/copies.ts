/** The copies on this host, by what their own folders say. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostFacts } from '../domain/host.ts';
import { Verdict } from '../domain/problem.ts';
import { orAbsent } from '../hosts/files.ts';
import type { KeptCopies, KeptCopy } from '../migration/kept.ts';
import { ferryFolder } from '../preflight/copy-paths.ts';
import { placesIn } from '../stream/copy-records.ts';
import { openCopy } from '../stream/copy-store.ts';
import { readDefinition } from './definitions.ts';
import type { LeftBehind } from './left-behind.ts';
import type { Remembered } from './remembered.ts';

const COPIES_MAX = 1_000;

export interface HostCopies extends KeptCopies {
  /** Every copy on the volumes of this host: committed ones, and what moved VMs left. */
  all(host?: HostFacts): Promise<readonly KeptCopy[]>;
}

export interface CopiesOptions {
  readonly facts: () => Promise<HostFacts>;
  /** Operations that this worker saw and that are not over. */
  readonly remembered: () => Promise<readonly Remembered[]>;
  readonly left: LeftBehind;
}

export function hostCopies({ facts, remembered, left }: CopiesOptions): HostCopies {
  const foldersOf = async ({ volumes }: HostFacts): Promise<string[]> => {
    const roots = volumes.map(({ path }) => ferryFolder(path));
    const inEach = roots.map(async (root) => {
      const names = (await readdir(root).catch(orAbsent)) ?? [];
      return names.slice(0, COPIES_MAX).map((name) => join(root, name));
    });
    return (await Promise.all(inEach)).flat();
  };
  const all = async (seen?: HostFacts): Promise<KeptCopy[]> => {
    const host = seen ?? (await facts());
    const open = new Set((await remembered()).map(({ operation }) => operation));
    const found: KeptCopy[] = [];
    for (const folder of await foldersOf(host)) {
      const copy = await copyIn(folder, { host, open });
      if (copy) found.push(copy);
    }
    return [...found, ...(await left.all(host, open))];
  };
  return {
    all,
    async of(vmId) {
      return (await all()).filter(({ vm }) => vm.id === vmId);
    },
    leave: left.leave,
    async remove(vmId, folder) {
      if (await left.remove(vmId, folder)) return;
      // A plan's folder is a text that somebody wrote: only what lies where copies lie may go.
      const folders = await foldersOf(await facts());
      if (!folders.includes(folder)) return;
      const copy = await openCopy(folder);
      if (!copy) return;
      if (copy.session.vm.id !== vmId) throw new Verdict('copy-of-other-vm', { folder });
      await copy.remove();
    },
  };
}

async function copyIn(
  folder: string,
  { host, open }: { host: HostFacts; open: ReadonlySet<string> },
): Promise<KeptCopy | undefined> {
  const store = await openCopy(folder);
  if (!store?.committed) return undefined;
  const { vm, operation, round, committedAt, disks } = store.committed;
  const paths = new Set(disks.map(({ path }) => path.toLowerCase()));
  const runs = host.vms.find((one) => one.disks.some(({ path }) => paths.has(path.toLowerCase())));
  const holder = store.session.operation;
  const usedBy = runs?.name ?? (open.has(holder) ? holder : undefined);
  const sizes = await Promise.all(
    disks.map(async ({ path }) => (await stat(path).catch(orAbsent))?.size ?? 0),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const used = usedBy === undefined ? {} : { usedBy };
  const about = (await readDefinition(placesIn(folder).definition))?.about;
  const known = about ? { about } : {};
  const own = { folder, operation, round, committedAt, bytes, disks };
  return { vm, kind: 'received', ...own, ...used, ...known };
}
