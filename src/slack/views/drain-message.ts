/** The one message of a drain or a return: what happens, a row for each VM, and the buttons. */

import type { Words } from '../../texts/words.ts';
import { ACTIONS, valueText } from '../actions/clicks.ts';
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
import { type DrainRow, type DrainView, isDrainOver, leftOf } from './drain-view.ts';
import { fitted } from './fitted.ts';
import { sentences } from './lines.ts';

const ROWS_SHOWN_MAX = 40;
const ROWS_IN_SECTION = 8;
const WHY_CHARS_MAX = 300;
const PEOPLE_SHOWN_MAX = 10;

export function drainMessage(view: DrainView, words: Words): Message {
  const title = drainTitle(view, words);
  const { chat } = words;
  const asked = `${escaped(view.operation)} · ${chat.askedBy} ${mention(view.requestedBy)}`;
  const state = stateText(view, words);
  const blocks = [
    section(`*${title}*\n${asked}`),
    section(`*${state}*`),
    ...rowBlocks(view, words),
    ...planBlocks(view, words),
    ...approvalBlocks(view, words),
    ...actions(buttonsOf(view, words)),
  ];
  return message(`${title}: ${state}`, fitted(blocks));
}

/** That it is over and not all was moved: what people have to look after. */
export function leftMessage(view: DrainView, operators: readonly string[], words: Words): Message {
  const { left } = words.drain;
  const rows = leftOf(view);
  const people = operators.slice(0, PEOPLE_SHOWN_MAX).map(mention).join(', ');
  const said = [
    `:warning: ${escaped(left[view.plan.method](named(view.plan.host), rows.length))} ${people}`.trim(),
    ...rows.slice(0, ROWS_SHOWN_MAX).map((row) => rowLine(row, words)),
    escaped(left.lost),
  ].join('\n');
  return message(said, [section(said)]);
}

/** One line of a list, escaped. */
export const drainLine = (view: DrainView, words: Words): string =>
  `${escaped(view.operation)}, ${drainTitle(view, words)}: ${stateText(view, words)}`;

const drainTitle = ({ plan }: DrainView, { drain }: Words): string =>
  escaped(drain.chat.title[plan.method](named(plan.host)));

function stateText(view: DrainView, { drain: { chat } }: Words): string {
  const state = escaped(chat.state[view.state]);
  if (view.state === 'asking') return state;
  const moved = view.rows.filter(({ state: now }) => now === 'moved').length;
  return `${state} ${escaped(chat.moved(moved, view.rows.length))}`;
}

function rowBlocks({ rows }: DrainView, words: Words): Block[] {
  const shown = rows.slice(0, ROWS_SHOWN_MAX).map((row) => rowLine(row, words));
  const hidden = rows.length - shown.length;
  const all = hidden > 0 ? [...shown, escaped(words.drain.chat.more(hidden))] : shown;
  const blocks: Block[] = [];
  for (let at = 0; at < all.length; at += ROWS_IN_SECTION) {
    blocks.push(section(all.slice(at, at + ROWS_IN_SECTION).join('\n')));
  }
  return blocks;
}

function rowLine(row: DrainRow, words: Words): string {
  const { chat } = words.drain;
  const { vm, target, state, member, why, warnings, estimate } = row;
  const name = named(vm.name);
  const said = [
    `*${escaped(target === undefined ? name : chat.to(name, named(target)))}*`,
    escaped(chat.row[state]) + (member === undefined ? '' : ` (${escaped(member)})`),
    ...(state === 'waits' && estimate
      ? [
          escaped(
            chat.estimate(estimate.bytesToCopy, estimate.secondsToCopy, estimate.pauseSeconds),
          ),
        ]
      : []),
    ...(state === 'waits' && warnings.length > 0 ? [escaped(chat.accepted(warnings.length))] : []),
    ...(why && state !== 'moved' ? [cut(sentences(why, words), WHY_CHARS_MAX)] : []),
  ];
  return `• ${said.join('; ')}`;
}

function planBlocks(view: DrainView, { drain: { chat } }: Words): Block[] {
  const { plan } = view;
  if (isDrainOver(view)) return [];
  const lines = [
    chat.order(plan.atOnce),
    plan.stopOnFailure ? chat.stopsOnFailure : chat.goesOn,
    ...(view.state === 'asking' ? [chat.approving[plan.method](named(plan.host))] : []),
  ];
  return [note(lines.map(escaped).join('\n'))];
}

function approvalBlocks(view: DrainView, { chat, drain }: Words): Block[] {
  const { users, needed, expiresAt } = view.approvals;
  const lines = [
    ...(users.length > 0
      ? [`${escaped(chat.approvedBy)} ${users.slice(0, PEOPLE_SHOWN_MAX).map(mention).join(', ')}.`]
      : []),
    ...(view.state === 'asking' ? [escaped(chat.approvalsMissing(needed - users.length))] : []),
    ...(expiresAt === undefined
      ? []
      : [`${escaped(drain.chat.askedUntil)} ${dateText(expiresAt)}.`]),
    ...(view.cancelledBy === undefined
      ? []
      : [`${escaped(drain.chat.endedBy)} ${mention(view.cancelledBy)}.`]),
  ];
  return lines.length === 0 ? [] : [note(lines.join(' '))];
}

function buttonsOf(view: DrainView, { chat, drain }: Words): Button[] {
  const { operation, planHash, plan, state } = view;
  const value = valueText({ operation, planHash });
  const { title, text, yes, no } = drain.chat.confirm;
  const confirm = { title, text: text[plan.method](named(plan.host)), yes, no };
  const { button: label } = chat;
  const cancel = button({ action: ACTIONS.cancel, label: label.cancel, value });
  switch (state) {
    case 'asking':
      return [
        button({
          action: ACTIONS.approve,
          label: drain.chat.approve,
          value,
          style: 'primary',
          confirm,
        }),
        cancel,
      ];
    case 'moving':
      return [button({ action: ACTIONS.pause, label: label.pause, value }), cancel];
    case 'paused':
      return [button({ action: ACTIONS.resume, label: label.resume, value }), cancel];
    case 'stopping':
    case 'drained':
    case 'returned':
    case 'cancelled':
      return [];
  }
}
