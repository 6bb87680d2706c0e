/** How long an operation has waited: paused, or asking people until the cutover began. */

import type { State } from './how-far.ts';

/** Seconds since the opening in which the hosts were at work: without pauses and open questions. */
export function secondsAtWork(state: State, openedAt: number, now: number): number {
  const rests = state.restsSince === undefined ? 0 : Math.max(0, now - state.restsSince);
  return (now - openedAt - state.restedMilliseconds - rests) / 1000;
}

/** After each entry: whether it rests from here on, or no longer. */
export function noteRest(state: State, { rests, at }: { rests: boolean; at: number }): void {
  if (rests) {
    state.restsSince ??= at;
    return;
  }
  if (state.restsSince === undefined) return;
  state.restedMilliseconds += at - state.restsSince;
  delete state.restsSince;
}
