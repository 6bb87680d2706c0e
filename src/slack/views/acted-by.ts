/** Who paused an operation or took it back, by mention: an id in a sentence says nothing to people. */

import type { ProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import { escaped, mention } from './blocks.ts';

/** `by` is a Slack user id, or a host's name for its command line. Escaped; absent where nobody did. */
export function actedBy({ code, facts }: ProblemRecord, { plan }: Words): string | undefined {
  const said = Object.entries(plan.actedBy).find(([name]) => name === code)?.[1];
  if (said === undefined || typeof facts.by !== 'string') return undefined;
  return `${escaped(said)} ${mention(facts.by)}`;
}
