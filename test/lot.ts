/** Cases that take a minute each are drawn by lot: each run has some of them, DRAW=all has all. */

import { createHash } from 'node:crypto';

/** Repeats a draw; in the names of what was drawn. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const DRAWS_ALL = process.env.DRAW === 'all';

/** `count` of the cases, by their names. */
export function drawn<T extends { readonly name: string }>(
  cases: readonly T[],
  count: number,
): readonly T[] {
  if (DRAWS_ALL) return cases;
  const lotOf = ({ name }: T): string =>
    createHash('sha256').update(`${SEED} ${name}`).digest('hex');
  return cases.toSorted((a, b) => lotOf(a).localeCompare(lotOf(b))).slice(0, count);
}
