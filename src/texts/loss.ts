/** What an alert says is lost: its cause's fact `lost` names the sentence. */

import type { Plan } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import type { AlertWords } from './words.ts';

export type Loss = keyof AlertWords['lost'];

/** Where the fact says nothing that is known here, that is what is said. */
export function lossText(
  { facts }: ProblemRecord,
  route: Pick<Plan, 'vm' | 'source' | 'target'>,
  { lost }: AlertWords,
): string {
  const known = Object.entries(lost).find(([name]) => name === facts.lost);
  return known ? known[1](route) : lost['not-known'](route);
}
