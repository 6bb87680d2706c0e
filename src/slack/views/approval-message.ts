/** The approval in words: who has approved, how many are missing, who may, until when. */

import { needsAdministrator } from '../../domain/approvers.ts';
import type { Words } from '../../texts/words.ts';
import type { OperationView } from '../operation-view.ts';
import { dateText, escaped, type Message, mention, message, named, section } from './blocks.ts';
import { outpacedLines } from './outpaced-lines.ts';

const PEOPLE_SHOWN_MAX = 10;

/** What the operation's own message and its thread say alike; escaped lines. */
export function approvalLines(view: OperationView, words: Words): string[] {
  const { approvals, state } = view;
  const { users, needed, expiresAt, whoMay = [] } = approvals;
  const { chat } = words;
  const lines: string[] = [];
  if (users.length > 0) lines.push(`${escaped(chat.approvedBy)} ${mentions(users)}.`);
  if (state.kind !== 'asking') return lines;
  const missing = Math.max(0, needed - users.length);
  if (missing > 0) lines.push(escaped(chat.approvalsMissing(missing)));
  if (needsAdministrator(view.plan)) lines.push(escaped(words.approvals.oneAdministrator));
  const others = whoMay.filter((id) => !users.includes(id));
  if (others.length > 0) lines.push(`${escaped(words.approvals.whoMay)} ${mentions(others)}.`);
  if (expiresAt !== undefined) lines.push(`${escaped(chat.askedUntil)} ${dateText(expiresAt)}.`);
  return lines;
}

/** The edit that shows the buttons notifies nobody: this does, once. */
export function askingMessage(view: OperationView, words: Words): Message {
  const { approvals } = words;
  return said([
    escaped(approvals.asks(routeIn(view))),
    ...outpacedLines(view, words),
    ...approvalLines(view, words),
    escaped(approvals.lookAbove),
  ]);
}

export interface ReminderLook {
  readonly secondsLeft: number;
  readonly isLastCall: boolean;
}

/** A whole group is called again only when little time is left; before, the person who asked is. */
export function reminderOfApproval(
  view: OperationView,
  { secondsLeft, isLastCall }: ReminderLook,
  words: Words,
): Message {
  const { approvals } = words;
  const route = routeIn(view);
  if (isLastCall) {
    const ends = escaped(approvals.reminds(route, secondsLeft));
    return said([ends, ...approvalLines(view, words), escaped(approvals.lookAbove)]);
  }
  const uncalled = { ...view, approvals: { ...view.approvals, whoMay: [] } };
  return said([
    `${escaped(approvals.remindsHalf(route))} ${mention(view.requestedBy)}`,
    ...approvalLines(uncalled, words),
  ]);
}

/** What was lost (nothing), and how to ask again. */
export function expiredMessage(
  view: OperationView,
  why: 'approval-expired' | 'pause-expired',
  words: Words,
): Message {
  const { approvals } = words;
  const route = routeIn(view);
  return said([
    `${escaped(approvals.expired[why](route))} ${mention(view.requestedBy)}`,
    escaped(approvals.askAgain(route)),
  ]);
}

const mentions = (ids: readonly string[]): string =>
  ids.slice(0, PEOPLE_SHOWN_MAX).map(mention).join(', ');

const said = (lines: readonly string[]): Message =>
  message(lines.join('\n'), [section(lines.join('\n'))]);

/** Names cut to what a name may be. */
const routeIn = ({ plan }: OperationView) => ({
  vm: { id: plan.vm.id, name: named(plan.vm.name) },
  source: named(plan.source),
  target: named(plan.target),
});
