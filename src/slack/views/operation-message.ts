/** A migration's one message: plan, findings, state, progress, approval and result, edited in place. */

import { createHash } from 'node:crypto';
import { bySeverity, type Finding } from '../../domain/finding.ts';
import { textOf } from '../../texts/catalogue.ts';
import { chat } from '../../texts/en/chat.ts';
import { ACTIONS, valueText } from '../actions/clicks.ts';
import type { OperationView, Progress, Result } from '../ports.ts';
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

/** Seven of the longest fit in the 3,000 characters of a section. */
const FINDINGS_SHOWN_MAX = 7;
const FINDING_CHARS_MAX = 400;
const APPROVERS_SHOWN_MAX = 10;
const BAR_CELLS = 20;

/** A plan's names, cut to what a name may be. */
export function routeOf({ plan }: OperationView) {
  return {
    vm: { id: plan.vm.id, name: named(plan.vm.name) },
    source: named(plan.source),
    target: named(plan.target),
  };
}

export function operationMessage(view: OperationView): Message {
  const title = escaped(chat.title(routeOf(view)));
  const state = stateLine(view);
  const percent = view.progress ? ` ${chat.percent(percentOf(view.progress))}` : '';
  const asked = `${escaped(view.operation)} · ${chat.askedBy} ${mention(view.requestedBy)}`;
  return message(`${title}: ${state}${percent}`, [
    section(`*${title}*\n${asked}`),
    section(stateLines(view, state).join('\n')),
    ...(view.progress ? [section(progressLine(view.progress))] : []),
    ...(view.result ? [section(resultLine(view.result))] : []),
    section(planLines(view)),
    section(findingLines(view.findings)),
    ...approvalBlocks(view),
    ...actions(buttonsOf(view)),
  ]);
}

/** What names a rendering: the same hash means that an edit would change nothing worth a call. */
export interface RenderedHash {
  /** Of everything, with progress rounded to whole percents: rate and time left ride along. */
  readonly hash: string;
  /** Of everything but progress. When it changes, the edit must not wait. */
  readonly state: string;
}

export function hashOf(view: OperationView): RenderedHash {
  const { progress, ...rest } = view;
  const state = digest(operationMessage(rest));
  if (!progress) return { hash: state, state };
  const coarse = { bytesDone: percentOf(progress), bytesTotal: 100, round: progress.round };
  const rounded = { ...rest, progress: { ...coarse, bytesPerSecond: 0, etaSeconds: 0 } };
  return { hash: digest(operationMessage(rounded)), state };
}

/** Whole percents, never 100 before the end. */
export function percentOf({ bytesDone, bytesTotal }: Progress): number {
  if (!(bytesTotal > 0)) return 0;
  return Math.max(0, Math.min(100, Math.floor((bytesDone / bytesTotal) * 100)));
}

/** One line, escaped. */
export const stateLine = (view: OperationView): string =>
  escaped(chat.state[view.state.kind](routeOf(view)));

function stateLines({ state }: OperationView, line: string): string[] {
  const lines = [`*${line}*`];
  if (state.step !== '' && state.kind !== 'migrated' && state.kind !== 'rolled back') {
    lines.push(escaped(chat.step(named(state.step))));
  }
  if (state.why) {
    const { text, remedy } = textOf(state.why);
    lines.push(cut(escaped(text), FINDING_CHARS_MAX), cut(escaped(remedy), FINDING_CHARS_MAX));
  }
  if (state.cleanUpPending) lines.push(escaped(chat.cleanUpPending(named(state.cleanUpPending))));
  return lines;
}

export function progressLine(progress: Progress): string {
  const percent = percentOf(progress);
  const cells = Math.round((percent / 100) * BAR_CELLS);
  const bar = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
  const parts = [
    chat.percent(percent),
    chat.done(progress.bytesDone, progress.bytesTotal),
    chat.rate(progress.bytesPerSecond),
    chat.left(progress.etaSeconds),
    chat.round(progress.round),
  ];
  return `${bar} ${parts.join(' · ')}`;
}

function resultLine(result: Result): string {
  const { virtualBytes, allocatedBytes, sentBytes } = result;
  const parts = [
    chat.took(result.totalSeconds),
    chat.pause(result.pauseSeconds),
    chat.totals(virtualBytes, allocatedBytes, sentBytes),
    chat.rounds(result.rounds),
  ];
  return `*${chat.result}*: ${parts.join(' · ')}`;
}

function planLines(view: OperationView): string {
  const { plan } = view;
  const bytes = plan.disks.reduce((sum, disk) => sum + disk.virtualBytes, 0);
  const parts = [
    chat.method[plan.method],
    chat.disks(plan.disks.length, bytes),
    chat.stop(plan.pauseSecondsMax),
    chat.uses(plan.bytesOnTargetMax, routeOf(view).target),
    chat.network(named(plan.migrationSubnet)),
    chat.lasts(plan.secondsMax),
  ];
  return `*${chat.plan}*\n${parts.map((part) => `• ${escaped(part)}`).join('\n')}`;
}

/** Blockers first; what is well is a number. */
export function findingLines(findings: readonly Finding[]): string {
  const well = findings.filter((finding) => finding.severity === 'ok').length;
  const unwell = bySeverity(findings).filter((finding) => finding.severity !== 'ok');
  const lines = unwell.slice(0, FINDINGS_SHOWN_MAX).map((finding) => {
    const { text, remedy } = textOf(finding);
    const label = `*${chat.severity[finding.severity]}*`;
    return cut(`• ${label}: ${escaped(`${text} ${remedy}`)}`, FINDING_CHARS_MAX);
  });
  const hidden = unwell.length - lines.length;
  if (hidden > 0) lines.push(escaped(chat.moreFindings(hidden)));
  if (unwell.length === 0) return escaped(chat.checksWell(well));
  if (well > 0) lines.push(escaped(chat.otherChecksWell(well)));
  return lines.join('\n');
}

function approvalBlocks({ approvals, state }: OperationView): readonly Block[] {
  const { users, needed, expiresAt } = approvals;
  const lines: string[] = [];
  if (users.length > 0) {
    const shown = users.slice(0, APPROVERS_SHOWN_MAX).map(mention).join(', ');
    lines.push(`${chat.approvedBy} ${shown}.`);
  }
  if (state.kind === 'asking') {
    const missing = Math.max(0, needed - users.length);
    if (missing > 0) lines.push(escaped(chat.approvalsMissing(missing)));
    if (expiresAt !== undefined) lines.push(`${chat.askedUntil} ${dateText(expiresAt)}.`);
  }
  return lines.length === 0 ? [] : [note(lines.join(' '))];
}

function buttonsOf(view: OperationView): Button[] {
  const { operation, planHash, plan } = view;
  const value = valueText({ operation, planHash });
  const cancel = button({ action: ACTIONS.cancel, label: chat.button.cancel, value });
  switch (view.state.kind) {
    case 'asking': {
      const { title, text, yes, no } = chat.confirmApprove;
      const confirm = { title, text: text(routeOf(view), plan.pauseSecondsMax), yes, no };
      const label = chat.button.approve;
      return [button({ action: ACTIONS.approve, label, value, style: 'danger', confirm }), cancel];
    }
    case 'preparing':
    case 'copying':
      return [cancel];
    case 'cutting over':
    case 'rolling back':
    case 'migrated':
    case 'rolled back':
    case 'needs a person':
      return [];
  }
}

const digest = (value: Message): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
