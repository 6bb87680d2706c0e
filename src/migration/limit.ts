/** How fast the stream of an operation may be now. */

import type { AnyPlan } from '../domain/plan.ts';
import { isDeletion } from '../domain/plan.ts';
import { type State, stepState } from './state.ts';

/**
 * Bytes a second; undefined for no limit. The newest wish counts, before it the plan's. There is none
 * while the VM is off: the limit spares the network for others, and a longer outage is dearer.
 */
export function limitNow(plan: AnyPlan, state: State): number | undefined {
  if (isDeletion(plan)) return undefined;
  if (stepState(state, 'stopSource').run !== 'none') return undefined;
  const newest = state.bytesPerSecondMax ?? plan.bytesPerSecondMax ?? 0;
  return newest > 0 ? newest : undefined;
}
