/** A migration's one message: plan, findings, state, progress, approval and result, edited in place. */

import { createHash } from 'node:crypto';
import { isDeletion, isMove, isRestore, staysOff } from '../../domain/plan.ts';
import type { ProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import { ACTIONS, SHOW_FINDINGS, valueText } from '../actions/clicks.ts';
import {
  isMigration,
  isOfAlignment,
  isOfDeletion,
  isOfRestore,
  isOver,
  type OperationView,
  type Progress,
  type Result,
  type StateKind,
} from '../operation-view.ts';
import { actedBy } from './acted-by.ts';
import { alignmentLines } from './alignment.ts';
import { approvalLines } from './approval-message.ts';
import {
  actions,
  type Block,
  type Button,
  button,
  cut,
  dateText,
  escaped,
  type Message,
  mention,
  message,
  named,
  note,
  section,
} from './blocks.ts';
import { deletionLines } from './deletion.ts';
import { fitted } from './fitted.ts';
import { outpacedLines } from './outpaced-lines.ts';
import { wordsFor } from './own-words.ts';
import { foldedLines } from './plan-findings.ts';
import { boundLines, differenceLines, estimateLine, stepLines } from './plan-lines.ts';
import { restoreLines } from './restore.ts';

const BEFORE_THE_CUTOVER: readonly StateKind[] = [
  ...(['preparing', 'copying', 'paused', 'asking', 'waiting'] as const),
];
const COPIES: readonly StateKind[] = ['copying', 'paused', 'asking', 'waiting'];
const WHY_CHARS_MAX = 400;
const NOTE_CHARS_MAX = 1000;
const BAR_CELLS = 20;

/** A plan's names, cut to what a name may be. */
export function routeOf({ plan }: OperationView) {
  return {
    vm: { id: plan.vm.id, name: named(plan.vm.name) },
    source: named(plan.source),
    target: named(plan.target),
  };
}

export function operationMessage(view: OperationView, general: Words): Message {
  const words = wordsFor(view, general);
  const { chat } = words;
  const title = escaped(chat.title(routeOf(view)));
  const state = stateLine(view, words);
  const percent = view.progress ? ` ${chat.percent(percentOf(view.progress))}` : '';
  const asked = `${escaped(view.operation)} · ${chat.askedBy} ${mention(view.requestedBy)}`;
  const blocks = [
    section(`*${title}*\n${asked}`),
    section(stateLines(view, state, words).join('\n')),
    ...(view.progress ? [section(progressLine(view.progress, words))] : []),
    ...outpacedBlocks(view, words),
    ...(view.result ? [section(resultLine(view.result, words))] : []),
    ...(view.notes ?? []).map((one) => section(noteLine(one, words))),
    ...planBlocks(view, words),
    ...findingBlocks(view, words),
    ...approvalBlocks(view, words),
    ...actions([...buttonsOf(view, words), ...findingsButton(view, words)]),
  ];
  return message(`${title}: ${state}${percent}`, fitted(blocks));
}

/** What names a rendering: the same hash means that an edit would change nothing worth a call. */
export interface RenderedHash {
  /** Of everything, with progress rounded to whole percents: rate and time left ride along. */
  readonly hash: string;
  /** Of everything but progress. When it changes, the edit must not wait. */
  readonly state: string;
}

export function hashOf(view: OperationView, words: Words): RenderedHash {
  const { progress, ...rest } = view;
  const state = digest(operationMessage(rest, words));
  if (!progress) return { hash: state, state };
  const coarse = { bytesDone: percentOf(progress), bytesTotal: 100, round: progress.round };
  const rounded = { ...rest, progress: { ...coarse, bytesPerSecond: 0, etaSeconds: 0 } };
  return { hash: digest(operationMessage(rounded, words)), state };
}

/** Whole percents, never 100 before the end. */
export function percentOf({ bytesDone, bytesTotal }: Progress): number {
  if (!(bytesTotal > 0)) return 0;
  return Math.max(0, Math.min(100, Math.floor((bytesDone / bytesTotal) * 100)));
}

/** One line, escaped. */
export const stateLine = (view: OperationView, words: Words): string =>
  escaped(wordsFor(view, words).chat.state[view.state.kind](routeOf(view)));

function stateLines(view: OperationView, line: string, words: Words): string[] {
  const { state } = view;
  const { chat, plan, textOf } = words;
  const lines = [`*${line}*`];
  const by = state.why && actedBy(state.why, words);
  if (state.until !== undefined) lines.push(`${escaped(chat.goesOn)} ${dateText(state.until)}.`);
  if (by !== undefined) lines.push(`${by}.`);
  if (state.step !== '' && !isOver(view)) {
    lines.push(escaped(chat.step(named(state.step))));
  }
  if (state.why) {
    const { text, remedy } = textOf(state.why);
    // What was done and by whom stands above.
    const said = by === undefined ? [text, remedy] : [remedy];
    lines.push(...said.map((one) => cut(escaped(one), WHY_CHARS_MAX)));
  }
  if (isLimitedAnew(view)) lines.push(escaped(plan.limitNow(view.bytesPerSecondMax)));
  if (state.cleanUpPending) lines.push(escaped(chat.cleanUpPending(named(state.cleanUpPending))));
  return lines;
}

export function progressLine(progress: Progress, { chat }: Words): string {
  const percent = percentOf(progress);
  const cells = Math.round((percent / 100) * BAR_CELLS);
  const bar = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
  const { bytesDone, bytesTotal, bytesPerSecond, etaSeconds, round } = progress;
  const moves = bytesPerSecond > 0;
  const parts = [
    chat.percent(percent),
    chat.done(bytesDone, bytesTotal),
    ...(moves ? [chat.rate(bytesPerSecond)] : []),
    // All is read, and the target is still at it: how long it takes is not known.
    ...(moves && bytesDone < bytesTotal ? [chat.left(etaSeconds)] : []),
    chat.round(round),
  ];
  return `${bar} ${parts.join(' · ')}`;
}

function resultLine(result: Result, { chat }: Words): string {
  const { virtualBytes, allocatedBytes, sentBytes } = result;
  const parts = [
    chat.took(result.totalSeconds),
    ...(result.pauseSeconds === undefined ? [] : [chat.pause(result.pauseSeconds)]),
    chat.totals(virtualBytes, allocatedBytes, sentBytes),
    chat.rounds(result.rounds),
  ];
  return `*${chat.result}*: ${parts.join(' · ')}`;
}

/** What is left to be done by hand. */
function noteLine(left: ProblemRecord, { textOf }: Words): string {
  const { text, remedy } = textOf(left);
  return [text, remedy].map((one) => cut(escaped(one), NOTE_CHARS_MAX)).join('\n');
}

/** A limit is no part of what people approve once it runs; what holds now is said. */
function isLimitedAnew({ plan, bytesPerSecondMax, state }: OperationView): boolean {
  if (isDeletion(plan) || isRestore(plan)) return false;
  const copies = COPIES.includes(state.kind);
  return copies && bytesPerSecondMax !== plan.bytesPerSecondMax;
}

/** What differs from what was approved comes first: it is why people are asked again. */
function planBlocks(view: OperationView, words: Words): Block[] {
  if (isOfDeletion(view)) {
    // What is over will not happen any more.
    return isOver(view) ? [] : [section(deletionLines(view.plan, words).join('\n'))];
  }
  if (isOfRestore(view)) {
    return isOver(view) ? [] : [section(restoreLines(view, routeOf(view), words).join('\n'))];
  }
  if (isOfAlignment(view)) {
    return isOver(view) ? [] : [section(alignmentLines(view, routeOf(view), words).join('\n'))];
  }
  if (!isMigration(view)) return [];
  const { plan, planBefore, estimate, state } = view;
  const say = words.plan;
  const lines = planBefore ? differenceLines(planBefore, plan, words) : [];
  const differs =
    lines.length > 0 ? [section(`*${escaped(say.difference)}*\n${lines.join('\n')}`)] : [];
  // What happened meanwhile is not what will happen.
  if (!BEFORE_THE_CUTOVER.includes(state.kind)) return differs;
  const steps = stepLines(plan, estimate, words).join('\n');
  return [
    ...differs,
    section(`*${escaped(say.whatHappens)}*\n${steps}`),
    note(estimateLine(plan, estimate, words)),
    section(`*${escaped(say.approving)}*\n${boundLines(plan, words).join('\n')}`),
  ];
}

function outpacedBlocks(view: OperationView, words: Words): readonly Block[] {
  const lines = outpacedLines(view, words);
  return lines.length === 0 ? [] : [section(lines.join('\n'))];
}

/** A deletion has nothing checked that could be well. */
function findingBlocks(view: OperationView, words: Words): readonly Block[] {
  if (isOfDeletion(view) && view.findings.length === 0) return [];
  return [section(foldedLines(view.findings, words).join('\n'))];
}

function approvalBlocks(view: OperationView, words: Words): readonly Block[] {
  const lines = approvalLines(view, words);
  return lines.length === 0 ? [] : [note(lines.join(' '))];
}

function buttonsOf(view: OperationView, { chat }: Words): Button[] {
  const { operation, planHash, plan } = view;
  const value = valueText({ operation, planHash });
  const cancel = button({ action: ACTIONS.cancel, label: chat.button.cancel, value });
  switch (view.state.kind) {
    case 'asking': {
      const { title, text, yes, no } = chat.confirmApprove;
      const confirm = {
        title,
        text: text(routeOf(view), isMove(plan) ? plan.pauseSecondsMax : 0),
        yes,
        no,
      };
      const label = chat.button.approve;
      return [button({ action: ACTIONS.approve, label, value, style: 'danger', confirm }), cancel];
    }
    case 'preparing':
    case 'moving':
    case 'waiting':
      return [cancel];
    case 'aligned':
      return [];
    case 'copying':
      // What begins anew by itself is not paused or cancelled by a click.
      if (isOfAlignment(view)) return [];
      return [button({ action: ACTIONS.pause, label: chat.button.pause, value }), cancel];
    case 'paused':
      return [button({ action: ACTIONS.resume, label: chat.button.resume, value }), cancel];
    case 'cutting over':
      // Its copy comes after the approval, and takes long; nobody waits for the VM meanwhile.
      return isMigration(view) && staysOff(view.plan) ? [cancel] : [];
    case 'rolling back':
    case 'deleting':
    case 'deleted':
    case 'migrated':
    case 'restoring':
    case 'restored':
    case 'rolled back':
    case 'needs a person':
      return [];
  }
}

/** All of them, for the one who asks. */
function findingsButton({ operation, planHash, findings }: OperationView, words: Words): Button[] {
  if (findings.length === 0) return [];
  const label = words.plan.showAll(findings.length);
  return [button({ action: SHOW_FINDINGS, label, value: valueText({ operation, planHash }) })];
}

const digest = (value: Message): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
