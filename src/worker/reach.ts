/** The other host as this one sees it right before a live move: ports and names change by the minute. */

import { Problem } from '../domain/problem.ts';
import type { Host } from '../hosts/host.ts';
import type { Subject } from '../preflight/check.ts';
import { towardsOf, unasked, withReach } from '../preflight/reach.ts';

/** The way back was judged with the plan: only the target could look, and it is not asked again. */
export async function reached(host: Pick<Host, 'reach'>, subject: Subject): Promise<Subject> {
  const { source, target } = subject;
  const towards = towardsOf(source, target);
  if (!towards || !host.reach) return subject;
  try {
    const reach = await host.reach(towards);
    return {
      ...subject,
      source: withReach(source, reach),
      target: withReach(target, unasked(source.name)),
    };
  } catch (error) {
    // Not seen is unknown, and then people decide.
    if (error instanceof Problem) return subject;
    throw error;
  }
}
