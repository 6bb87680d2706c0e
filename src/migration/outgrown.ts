/** Whether what is asked for can be satisfied at all: if not, people must be asked for another plan. */

import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import { isMove } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { beyondPlan, type Measured } from './bounds.ts';
import { beganAt } from './gate.ts';
import type { State } from './how-far.ts';
import { outpacedIn } from './outpaced.ts';
import { secondsAtWork } from './rest.ts';

/** Why it asked again: all that an approval of the same plan would meet once more. */
const NEEDS_A_NEW_PLAN: readonly string[] = [
  'vm-reconfigured',
  'new-warnings',
  'pause-beyond-plan',
  'bytes-beyond-plan',
  'duration-beyond-plan',
];

export interface Asking {
  readonly entries: readonly Entry[];
  readonly state: State;
  readonly next: { readonly kind: string };
  /** The store's clock, milliseconds since 1970. */
  readonly now: number;
}

/** Why the newest plan cannot be what people approve; undefined while it can, and while nobody asks. */
export function outgrown({ entries, state, next, now }: Asking): ProblemRecord | undefined {
  const { operation, plan } = openedOf(entries);
  if (next.kind !== 'await approval' || operation !== 'migration') return undefined;
  const plannedAt = entries.findLast(({ body }) => isPlan(body))?.position ?? 0;
  const asked = state.askedAgainAt;
  if (asked) {
    const isNews = asked.position > plannedAt && NEEDS_A_NEW_PLAN.includes(asked.problem.code);
    return isNews ? asked.problem : fitsAgain(entries, plannedAt);
  }
  // Asked for the first time, with what the copy has shown; another plan already counts it in.
  if (plannedAt > 1) return fitsAgain(entries, plannedAt);
  return beyondPlan(plan, measuredUntilAsked({ entries, state, now }));
}

/** A longer pause is asked for no more where it is not needed any more: the plan before will do. */
function fitsAgain(entries: readonly Entry[], plannedAt: number): ProblemRecord | undefined {
  const { plan } = openedOf(entries);
  const outpaced = outpacedIn(entries);
  if (!isMove(plan) || !outpaced?.fitsAgain || outpaced.position < plannedAt) return undefined;
  const { pauseSecondsMax: secondsMax } = outpaced;
  if (plan.pauseSecondsMax <= secondsMax) return undefined;
  return { code: 'pause-fits-again', facts: { vm: plan.vm.name, secondsMax } };
}

/** What the rounds before the question measured, and how long the hosts have worked so far. */
export function measuredUntilAsked({ entries, state, now }: Omit<Asking, 'next'>): Measured {
  const done = entries.findLast(
    ({ body }) => body.kind === 'done' && body.step === 'copyDirtyRounds' && body.move === 'run',
  );
  const facts = done?.body.kind === 'done' ? done.body.facts : {};
  const { pauseSeconds, bytesOnTarget } = facts;
  return {
    ...(typeof pauseSeconds === 'number' ? { pauseSeconds } : {}),
    ...(typeof bytesOnTarget === 'number' ? { bytesOnTarget } : {}),
    secondsAtWork: secondsAtWork(state, beganAt(entries, now), now),
  };
}

const isPlan = ({ kind }: EntryBody): boolean => kind === 'opened' || kind === 'replanned';
