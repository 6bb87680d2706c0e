/** Facts as they stand in a PowerShell command, which people copy from a remedy. */

import type { Fact } from '../domain/problem.ts';

/** `'LAN','O''Brien'`: a quote is doubled, and nothing else is special between single quotes. */
export function quoted(fact: Fact | undefined): string {
  const values: readonly string[] = Array.isArray(fact) ? fact : [String(fact ?? '')];
  // PowerShell takes the typographic quotes for plain ones.
  return values.map((value) => `'${value.replace(/['‘’‚‛]/g, '$&$&')}'`).join(',');
}

/** The same with a place to fill in where a command needs a value and none is known. */
export const quotedOr = (fact: Fact | undefined, place: string): string =>
  fact === undefined || (Array.isArray(fact) && fact.length === 0) ? place : quoted(fact);
