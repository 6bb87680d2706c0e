/**
 * The lists of steps, each with its version. The list is the architecture: it runs top down, and undo runs newest
 * first on each side. Step names are stored data: a change of this list is a new list version.
 */

import type {
  Approval,
  Opened,
  OpenedAlignment,
  OpenedDeletion,
  OpenedMigration,
  OpenedRestore,
} from '../domain/journal.ts';
import { Verdict } from '../domain/problem.ts';
import type { Act, Step, StepActs, StepShape } from './step.ts';
import { carryIn } from './steps/carry-in.ts';
import { carryOut } from './steps/carry-out.ts';
import { catchUp } from './steps/catch-up.ts';
import { compareDisks } from './steps/compare-disks.ts';
import { compareMove } from './steps/compare-move.ts';
import { confirmMove } from './steps/confirm-move.ts';
import { confirmTarget } from './steps/confirm-target.ts';
import { copyDirtyRounds } from './steps/copy-dirty-rounds.ts';
import { copyLastRound } from './steps/copy-last-round.ts';
import { copyWholeDisks } from './steps/copy-whole-disks.ts';
import { createTargetDisks } from './steps/create-target-disks.ts';
import { deleteCopies } from './steps/delete-copies.ts';
import { fenceSource } from './steps/fence-source.ts';
import { forbidSourceStart } from './steps/forbid-source-start.ts';
import { holdCopy } from './steps/hold-copy.ts';
import { keepAligned } from './steps/keep-aligned.ts';
import { makeSureLost } from './steps/make-sure-lost.ts';
import { moveLive } from './steps/move-live.ts';
import { recheck } from './steps/recheck.ts';
import { registerTarget } from './steps/register-target.ts';
import { reserveTarget } from './steps/reserve-target.ts';
import { retireLost } from './steps/retire-lost.ts';
import { retireSource } from './steps/retire-source.ts';
import { startRestored } from './steps/start-restored.ts';
import { startTarget } from './steps/start-target.ts';
import { stopSource } from './steps/stop-source.ts';
import { trackChanges } from './steps/track-changes.ts';

type Place = Pick<StepShape, 'name' | 'on'>;
type More = Pick<
  StepShape,
  'needs' | 'pointOfNoReturn' | 'cancellable' | 'settles' | 'stays' | 'afterwards'
>;

/** A step acts in operations of its own kind alone. */
function stepOf<Of extends Opened>(
  kind: Of['operation'],
  place: Place,
  { run, undo, keepWarm, ...more }: StepActs<Of> & More,
): Step {
  const isOurs = (opened: Opened): opened is Of => opened.operation === kind;
  const only =
    (act: Act<Of>): Act<Opened> =>
    async (context) => {
      const { opened } = context;
      if (!isOurs(opened)) throw new Error(`${place.name} belongs to a ${kind}`);
      return await act({ ...context, opened });
    };
  return {
    ...place,
    ...more,
    run: only(run),
    ...(undo ? { undo: only(undo) } : {}),
    ...(keepWarm ? { keepWarm: only(keepWarm) } : {}),
    undoable: undo !== undefined,
    warms: keepWarm !== undefined,
  };
}

const step = (name: string, on: StepShape['on'], acts: StepActs, more: More = {}): Step =>
  stepOf<OpenedMigration>('migration', { name, on }, { ...acts, ...more });

/** A migration by `stream`. */
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
  step('confirmTarget', 'target', confirmTarget, { settles: 'target' }),
  step('retireSource', 'source', retireSource, { afterwards: true }),
];

/** A migration by the hypervisor's own live move: the VM runs all the time. */
export const LIVE_1: readonly Step[] = [
  step('reserveTarget', 'target', reserveTarget),
  step('recheck', 'source', recheck, { needs: 'move' }),
  step('compareMove', 'source', compareMove),
  step('carryOut', 'source', carryOut),
  step('moveLive', 'source', moveLive, { pointOfNoReturn: true, cancellable: true }),
  step('confirmMove', 'target', confirmMove, { settles: 'target' }),
  step('carryIn', 'target', carryIn, { afterwards: true }),
];

const align = (
  name: string,
  on: StepShape['on'],
  acts: StepActs<OpenedAlignment>,
  more: More = {},
): Step => stepOf<OpenedAlignment>('alignment', { name, on }, { ...acts, ...more });

/** A copy that is kept as young as promised. It is ended by taking all back but the copy. */
export const ALIGN_1: readonly Step[] = [
  align('reserveTarget', 'target', reserveTarget),
  align('trackChanges', 'source', trackChanges),
  align('createTargetDisks', 'target', createTargetDisks),
  align('copyWholeDisks', 'source', copyWholeDisks),
  align('keepAligned', 'source', keepAligned, { stays: true }),
];

const restore = (
  name: string,
  on: StepShape['on'],
  acts: StepActs<OpenedRestore>,
  more: More = {},
): Step => stepOf<OpenedRestore>('restore', { name, on }, { ...acts, ...more });

/** A VM started from its copy, without its source. What the source does comes when it is back. */
export const RESTORE_1: readonly Step[] = [
  restore('reserveTarget', 'target', reserveTarget),
  restore('holdCopy', 'target', holdCopy),
  restore('makeSureLost', 'target', makeSureLost, { needs: 'restore' }),
  restore('registerTarget', 'target', registerTarget),
  restore('startTarget', 'target', startRestored, { pointOfNoReturn: true }),
  restore('confirmTarget', 'target', confirmTarget, { settles: 'target' }),
  restore('retireLost', 'source', retireLost, { afterwards: true }),
];

/** The deletion of copies. What has begun to go is no copy any more. */
export const DELETE_1: readonly Step[] = [
  stepOf<OpenedDeletion>(
    'deletion',
    { name: 'deleteCopies', on: 'source' },
    { ...deleteCopies, needs: 'deletion', pointOfNoReturn: true },
  ),
];

/** What people are asked for in this operation. */
export function approvalOf(opened: Opened): Approval {
  const approval = stepsOf(opened).find(({ needs }) => needs)?.needs;
  if (!approval) throw new Error(`The list ${opened.list} waits for no approval`);
  return approval;
}

/** The steps that a journal was written with. An unknown list stops this worker: it is too old. */
export function stepsOf(opened: Opened): readonly Step[] {
  switch (opened.list) {
    case 'stream@1':
      return STREAM_1;
    case 'live@1':
      return LIVE_1;
    case 'align@1':
      return ALIGN_1;
    case 'restore@1':
      return RESTORE_1;
    case 'delete@1':
      return DELETE_1;
    default: {
      // Stored data: a newer Ferry may have written it.
      const { list } = opened as { readonly list: unknown };
      throw new Verdict('list-unknown', { list: String(list) });
    }
  }
}
