/** The volume of a target that a person means. */

import type { HostFacts } from '../domain/host.ts';
import { Problem } from '../domain/problem.ts';

/**
 * The target as it would be if it put VMs on this volume: checks and plan then look there. A volume
 * is named by its path or, where no other ends alike, by the last part of it; case does not matter.
 * @throws {Problem} volume-unknown {host, volume, known}
 */
export function onVolume(target: HostFacts, wanted: string | undefined): HostFacts {
  if (wanted === undefined) return target;
  const paths = target.volumes.map(({ path }) => path);
  const exact = paths.filter((path) => bare(path) === bare(wanted));
  const named = exact.length > 0 ? exact : paths.filter((path) => nameOf(path) === bare(wanted));
  const [path] = named;
  if (path !== undefined && named.length === 1) return { ...target, vmVolume: path };
  throw new Problem('volume-unknown', { host: target.name, volume: wanted, known: paths });
}

/** `D:`, `d:\` and `D` are one volume. */
const bare = (path: string): string => path.toLowerCase().replace(/[\\/:]+$/, '');

const nameOf = (path: string): string => bare(path).split(/[\\/]/).at(-1) ?? '';
