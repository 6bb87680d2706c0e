/** Did you mean …? Names near to what was typed. */

import { distance } from 'fastest-levenshtein';

/** More would be a list to read instead of a hint. */
export const NEAREST_MAX = 3;
/** So many characters of a name begin it unmistakably enough to be a hint. */
const PREFIX_CHARS_MIN = 2;
/** One slip in three characters, and never more than three. */
const CHARS_A_SLIP = 3;
const SLIPS_MAX = 3;

/**
 * The names that the typed one most likely stands for, the likeliest first: those that it begins, or
 * that differ by few slips. None when nothing is near. Letter case does not count.
 */
export function nearest(typed: string, names: Iterable<string>): string[] {
  const wanted = typed.toLowerCase();
  return [...new Set(names)]
    .map((name) => ({ name, slips: slipsTo(wanted, name.toLowerCase()) }))
    .filter(({ slips }) => slips !== undefined)
    .toSorted((a, b) => (a.slips ?? 0) - (b.slips ?? 0) || (a.name < b.name ? -1 : 1))
    .slice(0, NEAREST_MAX)
    .map(({ name }) => name);
}

/** How many slips lead from one to the other; `undefined` when it must be another word. */
function slipsTo(typed: string, name: string): number | undefined {
  const chars = Math.max(typed.length, name.length);
  const slips = isSwap(typed, name) ? 1 : distance(typed, name);
  // Two characters of which one is wrong may still be `to`; a single wrong one is anything.
  const slipsMax = chars === 2 ? 1 : Math.min(SLIPS_MAX, Math.floor(chars / CHARS_A_SLIP));
  if (slips <= slipsMax) return slips;
  // Worse than a slip, better than none: the beginning of a name.
  const begins = typed.length >= PREFIX_CHARS_MIN && name.startsWith(typed);
  return begins ? SLIPS_MAX + 1 : undefined;
}

/** Two neighbours that changed places: two changes by count, but one slip of the fingers. */
function isSwap(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let at = 0;
  while (at < one.length && one.charAt(at) === other.charAt(at)) at += 1;
  const swapped = one.slice(0, at) + one.charAt(at + 1) + one.charAt(at) + one.slice(at + 2);
  return swapped === other;
}
