/** The bot's own entries: an approval or a resume that never came, a home that is settled, the end. */

import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import { claimsOf } from './claims.ts';
import type { State } from './how-far.ts';
import { homeOf, nextAction, RHYTHM, type Rhythm } from './next-action.ts';
import { stateOf } from './state.ts';
import { approvalOf, stepsOf } from './steps.ts';

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
  const opened = openedOf(entries);
  const steps = stepsOf(opened);
  const state = stateOf(steps, entries);
  if (state.closed) return undefined;
  const next = nextAction(steps, entries, now, rhythm);
  const expires = next.kind === 'await approval' || next.kind === 'paused';
  if (expires && now >= next.expiresAt) {
    const body: EntryBody = { kind: 'expired', approval: approvalOf(opened) };
    return { body, claims: { take: [], release: [] } };
  }
  const then = (body: EntryBody, after: Pick<State, 'settled' | 'closed'>): Duty => {
    const [before, afterwards] = [claimsOf(opened, state), claimsOf(opened, after)];
    const take = afterwards.filter((claim) => !before.includes(claim));
    const release = before.filter((claim) => !afterwards.includes(claim));
    return { body, claims: { take, release } };
  };
  // A deletion moves nothing: the VM's home is not its business.
  if (opened.operation !== 'deletion' && !state.settled) {
    const home = homeOf(steps, entries);
    return home && then({ kind: 'settled', home }, { settled: home });
  }
  if (next.kind !== 'finished' || next.cleanUp) return undefined;
  const { outcome } = next;
  return then({ kind: 'closed', outcome }, { closed: outcome });
}
