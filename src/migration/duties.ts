/** The bot's own entries: an approval or a resume that never came, a home that is settled, the end. */

import { copyClaim, type Entry, type EntryBody, openedOf, vmClaim } from '../domain/journal.ts';
import { homeOf, nextAction, RHYTHM, type Rhythm } from './next-action.ts';
import { stateOf } from './state.ts';
import { stepsOf } from './steps.ts';

export interface Duty {
  readonly body: EntryBody;
  readonly claims: { readonly take: readonly string[]; readonly release: readonly string[] };
}

/** The next entry that the bot owes this journal, if any. */
export function dutyOf(
  entries: readonly Entry[],
  now: number,
  rhythm: Rhythm = RHYTHM,
): Duty | undefined {
  const { plan } = openedOf(entries);
  const steps = stepsOf(openedOf(entries));
  const state = stateOf(steps, entries);
  if (state.closed) return undefined;
  const next = nextAction(steps, entries, now, rhythm);
  const nothing = { take: [], release: [] };
  const expires = next.kind === 'await approval' || next.kind === 'paused';
  if (expires && now >= next.expiresAt) {
    return { body: { kind: 'expired', approval: 'cutover' }, claims: nothing };
  }
  const home = homeOf(steps, entries);
  if (!home) return undefined;
  const leftOver = copyClaim(plan.vm.id, home === 'source' ? plan.target : plan.source);
  if (!state.settled) {
    const claims = { take: [leftOver], release: [vmClaim(plan.vm.id)] };
    return { body: { kind: 'settled', home }, claims };
  }
  if (next.kind !== 'finished' || next.cleanUp) return undefined;
  const claims = { take: [], release: [leftOver] };
  return { body: { kind: 'closed', outcome: next.outcome }, claims };
}
