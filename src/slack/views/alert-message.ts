/** What an operator must hear now: new messages in the migration's thread, because edits notify nobody. */

import type { Alert } from '../../domain/alert.ts';
import { lossText } from '../../texts/loss.ts';
import { migrationLine } from '../../texts/typed.ts';
import type { Words } from '../../texts/words.ts';
import { ACTIONS, valueText } from '../actions/clicks.ts';
import type { OperationView } from '../operation-view.ts';
import {
  actions,
  type Button,
  button,
  cut,
  dateText,
  escaped,
  type Message,
  mention,
  message,
  note,
  section,
} from './blocks.ts';
import { routeOf } from './operation-message.ts';
import { wordsFor } from './own-words.ts';

const CAUSE_CHARS_MAX = 1000;
const MENTIONS_MAX = 10;

export interface AlertLook {
  readonly words: Words;
  /** User and group ids to call besides the person who asked. */
  readonly operators: readonly string[];
  /** It could not be posted when it arose. */
  readonly isLate: boolean;
}

/** Cause, what runs where, what is lost, the next command three ways, and the buttons that make sense. */
export function alertMessage(view: OperationView, alert: Alert, look: AlertLook): Message {
  const words = wordsFor(view, look.words);
  const { alerts, textOf } = words;
  const { text, remedy } = textOf(alert.cause);
  const cause = cut(escaped(text), CAUSE_CHARS_MAX);
  const home = homeText(view, alert, words);
  const late = look.isLate ? ` (${alerts.late} ${dateText(alert.raisedAt)})` : '';
  const title = `*${alerts.title}*${late}: ${cause}`;
  const buttons = actions(buttonsOf(view, alert, words));
  if (alert.mendedAt !== undefined) {
    const mended = `${alerts.mendedAt} ${dateText(alert.mendedAt)}: ${home}`;
    const blocks = [section(`${title}\n*${mended}*`), ...heardBlocks(alert, words), ...buttons];
    return message(`${alerts.title}${late}: ${cause} ${mended}`, blocks);
  }
  const next = cut(escaped(remedy), CAUSE_CHARS_MAX);
  return message(`${alerts.title}${late}: ${cause} ${home} ${next}`, [
    section(`${title}\n${home}\n*${alerts.doNext}*: ${next}`),
    section(ways(view, alert, words)),
    note(callOf(view, look.operators)),
    ...heardBlocks(alert, words),
    ...buttons,
  ]);
}

/** Calls the same people again while nobody has acknowledged. */
export function reminderMessage(
  view: OperationView,
  alert: Alert,
  {
    words,
    operators,
    number,
    count,
  }: Omit<AlertLook, 'isLate'> & { number: number; count: number },
): Message {
  return calling(view, alert, { words, operators, says: words.alerts.reminder(number, count) });
}

export const failedAgainMessage = (
  view: OperationView,
  alert: Alert,
  look: Omit<AlertLook, 'isLate'>,
): Message => calling(view, alert, { ...look, says: look.words.alerts.failedAgain });

function calling(
  view: OperationView,
  alert: Alert,
  { words: general, operators, says }: Omit<AlertLook, 'isLate'> & { says: string },
): Message {
  const words = wordsFor(view, general);
  const cause = cut(escaped(words.textOf(alert.cause).text), CAUSE_CHARS_MAX);
  const text = `${escaped(says)} ${cause} ${homeText(view, alert, words)}`;
  return message(text, [section(text), note(callOf(view, operators))]);
}

/** For those who were reminded, or who took care of it. */
export function mendedMessage(view: OperationView, alert: Alert, general: Words): Message {
  const words = wordsFor(view, general);
  const { alerts, textOf } = words;
  const cause = cut(escaped(textOf(alert.cause).text), CAUSE_CHARS_MAX);
  const when = `${alerts.mendedAt} ${dateText(alert.mendedAt ?? alert.raisedAt)}`;
  const text = `${when}: ${homeText(view, alert, words)} (${cause})`;
  const heard = alert.heard ? [note(mention(alert.heard.by))] : [];
  return message(text, [section(text), ...heard]);
}

/** What runs where, and what is lost. */
function homeText(view: OperationView, { home, cause }: Alert, { alerts }: Words): string {
  const route = routeOf(view);
  return escaped(`${alerts.home[home](route)} ${lossText(cause, route, alerts)}`);
}

/** The same next move from each place where a person may be. */
function ways(view: OperationView, alert: Alert, words: Words): string {
  const { alerts } = words;
  const { operation } = view;
  const heals = alert.offers.includes('heal-store');
  const first = heals ? 'heal-store' : alert.offers[0];
  const typed = first === undefined || first === 'heal-store' ? 'status' : first;
  const labels = offeredOf(view, alert, words).map(({ text }) => escaped(text.text));
  const command = migrationLine(first ?? 'show', operation, 'bot.env');
  const lines = [
    `*${alerts.inSlack}*: ${alerts.press(labels, `\`/migrate ${typed} ${escaped(operation)}\``)}`,
    `*${alerts.onCommandLine}*: \`${escaped(command)}\``,
    `*${alerts.byHandTitle}*: ${escaped(alerts.byHand[alert.home](routeOf(view)))}`,
  ];
  return lines.map((line) => `• ${line}`).join('\n');
}

const callOf = ({ requestedBy }: OperationView, operators: readonly string[]): string =>
  [...new Set([requestedBy, ...operators])].slice(0, MENTIONS_MAX).map(mention).join(' ');

function heardBlocks({ heard }: Alert, { alerts }: Words) {
  if (!heard) return [];
  return [note(`${alerts.heardBy} ${mention(heard.by)} · ${dateText(heard.at)}`)];
}

const buttonValue = ({ operation, planHash }: OperationView, { key }: Alert): string =>
  valueText({ operation, planHash, alert: key });

function offeredOf(view: OperationView, alert: Alert, { chat }: Words): Button[] {
  const value = buttonValue(view, alert);
  const { title, text, yes, no } = chat.confirmRollback;
  const confirm = { title, text: text(routeOf(view)), yes, no };
  const all = {
    retry: button({ action: ACTIONS.retry, label: chat.button.retry, value }),
    rollback: button({ action: ACTIONS.rollback, label: chat.button.rollback, value, confirm }),
    cancel: button({ action: ACTIONS.cancel, label: chat.button.cancel, value }),
  };
  return alert.offers.flatMap((offer) => (offer === 'heal-store' ? [] : [all[offer]]));
}

function buttonsOf(view: OperationView, alert: Alert, words: Words): Button[] {
  const offered = offeredOf(view, alert, words);
  if (alert.heard !== undefined || alert.mendedAt !== undefined) return offered;
  const label = words.alerts.acknowledge;
  const value = buttonValue(view, alert);
  return [...offered, button({ action: ACTIONS.acknowledge, label, value })];
}
