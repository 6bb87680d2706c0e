/** A schedule on which a mutant is found out, and the invariant that finds it. */

import { CALM, CALM_LIVE, type Fault, type Schedule, type Trigger } from '../schedule.ts';

export interface Killer {
  readonly schedule: Schedule;
  readonly finds: string;
}

export const at = (during: string, nth: number, fault: Fault): Trigger => ({ during, nth, fault });
export const setBack = (entries: number): Fault => ({
  kind: 'store set back',
  entries,
  healSeconds: null,
});

type Triggers = readonly Trigger[];
export const on = (finds: string, triggers: Triggers, more: Partial<Schedule> = {}): Killer => ({
  schedule: { ...CALM, ...more, triggers },
  finds,
});
export const onLive = (finds: string, triggers: Triggers, more: Partial<Schedule> = {}): Killer =>
  on(finds, triggers, { ...CALM_LIVE, ...more });

export const STUCK = 'm1 did not end: ';
