/** The folder of a copy on this host: a new one, one that lies there, or one made of what the VM left. */

import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { pathKey } from '../domain/paths.ts';
import type { CopyingPlan, PlannedBase } from '../domain/plan.ts';
import { Verdict } from '../domain/problem.ts';
import { ferryFolder } from '../preflight/copy-paths.ts';
import { adoptDisks, discardHalfAdopted } from '../stream/adopt.ts';
import type { SessionDisk } from '../stream/copy-records.ts';
import { type NewCopy, openCopy } from '../stream/copy-store.ts';
import type { LeftBehind } from './left-behind.ts';

interface Placing {
  readonly roots: () => Promise<readonly string[]>;
  readonly left: Pick<LeftBehind, 'lend'>;
  readonly signal: AbortSignal;
}

interface WantedCopy extends NewCopy {
  readonly disks: readonly SessionDisk[];
}

/**
 * The plan's word alone is never enough for a file outside of this host's own folders: what the VM left
 * is what this worker itself wrote down when it left.
 * @throws {Verdict} path-outside-root | base-gone {vm, host, folder} | base-changed
 */
export async function placeOf(
  plan: CopyingPlan,
  wanted: WantedCopy,
  placing: Placing,
): Promise<string> {
  const roots = await placing.roots();
  const { base } = plan;
  if (!base) return placeFor(plan, roots);
  if (base.kind === 'left behind') return await adopted(base, plan, { wanted, placing, roots });
  const held = roots.some((root) => isInside(root, base.folder)) && (await openCopy(base.folder));
  if (held && held.session.vm.id === plan.vm.id && hasPaths(held.session.disks, plan)) {
    return base.folder;
  }
  throw gone(plan, base);
}

async function adopted(
  base: PlannedBase,
  plan: CopyingPlan,
  { wanted, placing, roots }: { wanted: WantedCopy; placing: Placing; roots: readonly string[] },
): Promise<string> {
  const root = ferryFolder(plan.volume);
  const { vm } = plan;
  const { host, operation } = wanted;
  const folder = join(root, operation);
  if (!roots.includes(root)) {
    throw new Verdict('path-outside-root', { path: folder, root: roots.join(', ') });
  }
  if (await openCopy(folder)) return folder;
  const found = await placing.left.lend(
    { vmId: vm.id, folder: base.folder },
    { operation, folder },
  );
  if (!found || !hasPaths(found.disks, plan)) throw gone(plan, base);
  const { leftAt, operation: leftBy } = found;
  const { disks } = wanted;
  await adoptDisks(folder, { vm, host, operation: leftBy, leftAt, disks }, placing.signal);
  return folder;
}

/** What an adoption that did not come to its end left. */
export async function discardHalf(roots: readonly string[], operation: string): Promise<void> {
  for (const root of roots) await discardHalfAdopted(join(root, operation));
}

const gone = ({ vm, target }: CopyingPlan, { folder }: PlannedBase): Verdict =>
  new Verdict('base-gone', { vm: vm.name, host: target, folder });

function hasPaths(
  disks: readonly { readonly disk: string; readonly path: string }[],
  { disks: planned }: CopyingPlan,
): boolean {
  const paths = new Map(disks.map(({ disk, path }) => [disk, pathKey(path)]));
  return (
    planned.length === disks.length &&
    planned.every(({ id, targetPath }) => paths.get(id) === pathKey(targetPath))
  );
}

/** All disks of a copy lie in one folder under one of this host's own roots. */
function placeFor(plan: CopyingPlan, roots: readonly string[]): string {
  const folders = new Set(plan.disks.map(({ targetPath }) => dirname(targetPath)));
  const [folder] = folders;
  const isOne = folder !== undefined && folders.size === 1;
  if (isOne && roots.some((root) => isInside(root, folder))) return folder;
  throw new Verdict('path-outside-root', { path: [...folders].join(', '), root: roots.join(', ') });
}

export function isInside(root: string, folder: string): boolean {
  const inside = relative(root, folder);
  // Between two drives of Windows there is no relative path.
  const leaves = inside.startsWith('..') || inside.includes(`..${sep}`) || isAbsolute(inside);
  return inside !== '' && !leaves;
}
