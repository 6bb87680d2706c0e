/**
 * What is lost, from the journal alone: nothing, as long as a host has all that the guest wrote, and
 * which one that is. Disks are never deleted by a migration; a deletion takes the copy that it names.
 */

import { type Entry, openedOf } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import type { StepState } from '../migration/how-far.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Loss } from '../texts/loss.ts';

interface Row {
  /** All of these have got so far. */
  readonly steps: Readonly<Record<string, 'started' | 'done'>>;
  readonly loss: Loss;
}

/**
 * The first row that fits. A step that was undone, or proven never to have happened, has not begun:
 * where the fence is gone the guest may write at the source again.
 */
const ROWS: readonly Row[] = [
  { steps: { startTarget: 'done' }, loss: 'at-target' },
  { steps: { startTarget: 'started' }, loss: 'at-target-perhaps' },
  { steps: { moveLive: 'done' }, loss: 'at-target' },
  { steps: { moveLive: 'started' }, loss: 'at-target-perhaps' },
  { steps: { copyLastRound: 'done', fenceSource: 'done' }, loss: 'at-both' },
  { steps: { deleteCopies: 'done' }, loss: 'copy-deleted' },
  { steps: { deleteCopies: 'started' }, loss: 'copy-perhaps' },
];

export function lossIn(entries: readonly Entry[]): Loss {
  const opened = openedOf(entries);
  if (opened.operation === 'restore') return 'restore-older';
  const { steps } = stateOf(stepsOf(opened), entries);
  const fits = ([name, least]: [string, string]): boolean => hasGot(steps.get(name), least);
  const row = ROWS.find((one) => Object.entries(one.steps).every(fits));
  return row?.loss ?? (opened.operation === 'deletion' ? 'copy-whole' : 'at-source');
}

const hasGot = (step: StepState | undefined, least: string): boolean =>
  step?.run === 'done' || (step?.run === 'started' && least === 'started');

/** Why somebody stopped: entries are missing, contradict each other, or are not who they say. */
export const isJournalBroken = ({ code }: ProblemRecord): boolean =>
  code.startsWith('journal-') && code !== 'journal-busy';
