/** When a move may begin, and when its cutover: people said so, or the hosts' windows do. */

import { type Entry, openedOf } from '../domain/journal.ts';
import { type AnyPlan, isMove } from '../domain/plan.ts';
import { nextInside } from '../domain/window.ts';

/** From when on it may be copied; undefined: at once. Milliseconds since 1970. */
export const startsAt = (plan: AnyPlan): number | undefined =>
  isMove(plan) ? plan.startAt : undefined;

/** The first time from `now` on at which its cutover may begin: `now` where nothing holds it back. */
export function cutoverAt(plan: AnyPlan, now: number): number {
  if (!isMove(plan)) return now;
  const { cutoverAt: asked = now, windows = [] } = plan;
  const from = Math.max(asked, now);
  // Windows that never meet are refused when the plan is made.
  return nextInside(windows, from) ?? from;
}

/** When its hosts began to have work, milliseconds since 1970. */
export const beganAt = (entries: readonly Entry[], now: number): number =>
  Math.max(entries[0]?.at ?? now, startsAt(openedOf(entries).plan) ?? 0);
