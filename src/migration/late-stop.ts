/**
 * A guest that was asked to shut down, did not in time, and goes off all the same when everything
 * has been taken back: it is started again. The entry that says that the stop was undone holds until
 * when; whatever undoes it once more ends the watch.
 */

import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import { newestToUndo } from './how-far.ts';
import { stateOf } from './state.ts';
import { stepsOf } from './steps.ts';

const STEP = 'stopSource';

/** Until when the guest may still obey, milliseconds since 1970, the store's clock. */
export function watchedUntil(entries: readonly Entry[]): number | undefined {
  const undone = entries.findLast(
    ({ body }) => body.kind === 'done' && body.step === STEP && body.move === 'undo',
  )?.body;
  const until = undone?.kind === 'done' ? undone.facts.watchUntil : undefined;
  return typeof until === 'number' ? until : undefined;
}

/** Taken back, with nothing left to do at the source, and its guest may still go off. */
export function isWatched(entries: readonly Entry[], now: number): boolean {
  const until = watchedUntil(entries);
  if (until === undefined || now >= until) return false;
  const steps = stepsOf(openedOf(entries));
  const state = stateOf(steps, entries);
  return state.rollingBack !== undefined && !newestToUndo(steps, state, 'source');
}

/** It went off late and is to be started again: the stop counts as not undone from here on. */
export const wentOffLate = (vm: string, host: string): EntryBody => ({
  kind: 'failed',
  step: STEP,
  move: 'undo',
  outcome: 'unknown',
  problem: { code: 'guest-stopped-late', facts: { vm, host } },
});

/** Such an entry was written, and the guest does not run again yet. */
export function isRestarting(entries: readonly Entry[]): boolean {
  const steps = stepsOf(openedOf(entries));
  const state = stateOf(steps, entries);
  if (!state.closed || !state.rollingBack) return false;
  return newestToUndo(steps, state, 'source')?.name === STEP;
}
