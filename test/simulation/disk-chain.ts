/**
 * A VM's disk as a chain of files. What the guest wrote is a set of numbered, acknowledged writes,
 * held as the bits of a BigInt: the lowest bit is the first write.
 */

import { Problem } from '../../src/domain/problem.ts';
import type { FrozenRound } from '../../src/domain/round.ts';

export interface Layer {
  path: string;
  linkage: string;
  bits: bigint;
  /** What froze this file; absent for the leaf, and where nobody remembers. */
  frozenBy?: { round: number } | 'foreign' | 'nobody';
}

export const DISK = 'SCSI 0:0';

let files = 0;
/** File names and linkage identifiers are never used twice. */
const fresh = (what: string): string => `${what}-${++files}`;

export const newLayer = (bits = 0n): Layer => ({
  path: fresh('file'),
  linkage: fresh('link'),
  bits,
});

/** Everything that can be read through this layer. */
export function contentOf(chain: readonly Layer[], upTo = chain.length - 1): bigint {
  let bits = 0n;
  for (let index = 0; index <= upTo; index += 1) bits |= chain[index]?.bits ?? 0n;
  return bits;
}

export function leafOf(chain: readonly Layer[]): Layer {
  const leaf = chain.at(-1);
  if (!leaf) throw new Error('A chain has at least one file');
  return leaf;
}

/** The first write after an open changes the identifier that a child must name. */
export function opened(chain: readonly Layer[]): void {
  leafOf(chain).linkage = fresh('link');
}

export function freeze(chain: Layer[], by: NonNullable<Layer['frozenBy']>): void {
  leafOf(chain).frozenBy = by;
  chain.push(newLayer());
}

/** Deleting a checkpoint merges the file that was written since into the file that it froze. */
export function merge(chain: Layer[], index: number): void {
  const [into, from] = [chain[index], chain[index + 1]];
  if (!into || !from) throw new Error('Nothing to merge');
  into.bits |= from.bits;
  into.linkage = fresh('link');
  delete into.frozenBy;
  if (from.frozenBy) into.frozenBy = from.frozenBy;
  chain.splice(index + 1, 1);
}

export const roundOf = (layer: Layer): number | undefined =>
  typeof layer.frozenBy === 'object' ? layer.frozenBy.round : undefined;

export const isForeign = (layer: Layer): boolean => layer.frozenBy === 'foreign';

/** Freezes the next round, or returns the one that is already frozen under this number. */
export function openRound(chain: Layer[], round: number): FrozenRound {
  const index = chain.findIndex((layer) => roundOf(layer) === round);
  if (index >= 0) return frozenRound(chain, index, round);
  if (chain.some(isForeign)) throw new Problem('foreign-checkpoint', { checkpoint: 'backup' });
  freeze(chain, { round });
  return frozenRound(chain, chain.length - 2, round);
}

export function closeRounds(chain: Layer[], upTo: number): FrozenRound {
  for (;;) {
    const index = chain.findIndex((layer) => (roundOf(layer) ?? upTo + 1) <= upTo);
    if (index < 0) break;
    merge(chain, index);
  }
  const newest = chain.findLastIndex((layer) => roundOf(layer) !== undefined);
  const round = chain[newest] ? roundOf(chain[newest]) : undefined;
  if (round === undefined) throw new Problem('round-gone', { upTo });
  return frozenRound(chain, newest, round);
}

export function stopTracking(chain: Layer[]): void {
  for (;;) {
    const index = chain.findIndex((layer) => roundOf(layer) !== undefined);
    if (index < 0) return;
    merge(chain, index);
  }
}

export function frozenRound(chain: readonly Layer[], index: number, round: number): FrozenRound {
  const identityOf = (layer: Layer | undefined) =>
    layer ? { path: layer.path, linkage: layer.linkage } : undefined;
  const file = identityOf(chain[index]);
  const parent = identityOf(chain[index - 1]);
  if (!file) throw new Error('No such file');
  const disk = { disk: DISK, virtualBytes: 2 ** 20, file, ...(parent ? { parent } : {}) };
  return { number: round, disks: [disk] };
}
