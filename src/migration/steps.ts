/**
 * A migration by `stream`. The list is the architecture: it runs top down, and undo runs newest
 * first on each side. Step names are stored data: a change of this list is a new list version.
 */

import type { Opened } from '../domain/journal.ts';
import { Verdict } from '../domain/problem.ts';
import type { Step, StepActs, StepShape } from './step.ts';
import { catchUp } from './steps/catch-up.ts';
import { compareDisks } from './steps/compare-disks.ts';
import { confirmTarget } from './steps/confirm-target.ts';
import { copyDirtyRounds } from './steps/copy-dirty-rounds.ts';
import { copyLastRound } from './steps/copy-last-round.ts';
import { copyWholeDisks } from './steps/copy-whole-disks.ts';
import { createTargetDisks } from './steps/create-target-disks.ts';
import { fenceSource } from './steps/fence-source.ts';
import { forbidSourceStart } from './steps/forbid-source-start.ts';
import { recheck } from './steps/recheck.ts';
import { registerTarget } from './steps/register-target.ts';
import { reserveTarget } from './steps/reserve-target.ts';
import { retireSource } from './steps/retire-source.ts';
import { startTarget } from './steps/start-target.ts';
import { stopSource } from './steps/stop-source.ts';
import { trackChanges } from './steps/track-changes.ts';

const step = (
  name: string,
  on: StepShape['on'],
  acts: StepActs,
  more: Pick<StepShape, 'needs' | 'pointOfNoReturn'> = {},
): Step => ({ name, on, ...more, ...acts, undoable: acts.undo !== undefined });

export const STREAM_1: readonly Step[] = [
  step('reserveTarget', 'target', reserveTarget),
  step('trackChanges', 'source', trackChanges),
  step('createTargetDisks', 'target', createTargetDisks),
  step('copyWholeDisks', 'source', copyWholeDisks),
  step('copyDirtyRounds', 'source', copyDirtyRounds),
  step('compareDisks', 'source', compareDisks),
  step('catchUp', 'source', catchUp, { needs: 'cutover' }),
  step('recheck', 'source', recheck),
  step('forbidSourceStart', 'source', forbidSourceStart),
  step('stopSource', 'source', stopSource),
  step('fenceSource', 'source', fenceSource),
  step('copyLastRound', 'source', copyLastRound),
  step('registerTarget', 'target', registerTarget),
  step('startTarget', 'target', startTarget, { pointOfNoReturn: true }),
  step('confirmTarget', 'target', confirmTarget),
  step('retireSource', 'source', retireSource),
];

/** The steps that a journal was written with. An unknown list stops this worker: it is too old. */
export function stepsOf(opened: Opened): readonly Step[] {
  if (opened.list === 'stream@1') return STREAM_1;
  throw new Verdict('list-unknown', { list: String(opened.list) });
}
