/** One catalogue per language: findings, problems and alerts by code. Words live here alone. */

import type { Facts, ProblemRecord } from '../domain/problem.ts';
import { problems } from './en/problems.ts';

/** What, where, which value; and what to do next. Plain, short sentences. */
export interface Text {
  readonly text: string;
  readonly remedy: string;
}

export type TextOf = (facts: Facts) => Text;

/** Each area of the code keeps its entries in one file of `texts/en/`. */
const CATALOGUE: Readonly<Record<string, TextOf>> = { ...problems };

/** The words for a problem or finding. An unknown code is shown as it is: never an exception. */
export function textOf({ code, facts }: ProblemRecord): Text {
  const entry = CATALOGUE[code];
  if (entry) return entry(facts);
  return {
    text: `${code} ${JSON.stringify(facts)}`,
    remedy: 'Report this code to the maintainers.',
  };
}

export const catalogueCodes = (): string[] => Object.keys(CATALOGUE);
