/** How fast the stream of an operation may be now. */

import type { AnyPlan } from '../domain/plan.ts';
import { isDeletion, isRestore, staysOff } from '../domain/plan.ts';
import type { State } from './how-far.ts';

/**
 * Bytes a second; undefined for no limit. The newest wish counts, before it the plan's. There is none
 * while the VM is stopped: the limit spares the network for others, and a longer outage is dearer. A VM
 * that was off before has none.
 */
export function limitNow(plan: AnyPlan, state: State): number | undefined {
  if (isDeletion(plan) || isRestore(plan)) return undefined;
  // A live move has no stream.
  if (plan.method === 'live') return undefined;
  const stopped = state.steps.get('stopSource');
  if (stopped && stopped.run !== 'none' && !staysOff(plan)) return undefined;
  const newest = state.bytesPerSecondMax ?? plan.bytesPerSecondMax ?? 0;
  return newest > 0 ? newest : undefined;
}
