/** The same fault at each call of a step in turn. */

import { type Result, simulate } from './run.ts';
import type { Fault, Schedule, Trigger } from './schedule.ts';

export const at = (during: string, nth: number, fault: Fault): Trigger => ({ during, nth, fault });

/** More calls than any step makes; what comes after the last one does not happen. */
const CALLS_MAX = 60;

/** Until the step makes no more calls. */
export async function atEachCall(
  calm: Schedule,
  { during, fault, before = [] }: { during: string; fault: Fault; before?: readonly Trigger[] },
): Promise<Result[]> {
  const results: Result[] = [];
  for (let nth = 0; nth < CALLS_MAX; nth += 1) {
    const triggers = [...before, at(during, nth, fault)];
    const result = await simulate({ ...calm, triggers });
    if (!result.met.has(fault.kind)) break;
    results.push(result);
  }
  return results;
}

export const outcomesOf = (results: Result[]): string[] => [
  ...new Set(results.flatMap(({ outcome, violations }) => [outcome, ...violations])),
];

export const movesOf = (
  { entries }: Result,
  kind: 'started' | 'failed',
  move: 'run' | 'undo',
): string[] =>
  entries.flatMap(({ body }) => (body.kind === kind && body.move === move ? [body.step] : []));
