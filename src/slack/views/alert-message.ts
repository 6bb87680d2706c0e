/** What an operator must hear now: a new message in the migration's thread, because edits notify nobody. */

import type { Alert } from '../../domain/alert.ts';
import { textOf } from '../../texts/catalogue.ts';
import { chat } from '../../texts/en/chat.ts';
import { ACTIONS, valueText } from '../actions/clicks.ts';
import type { OperationView } from '../ports.ts';
import {
  actions,
  type Button,
  button,
  cut,
  escaped,
  type Message,
  mention,
  message,
  section,
} from './blocks.ts';
import { routeOf } from './operation-message.ts';

const CAUSE_CHARS_MAX = 1000;

/** Cause, what runs where, what is lost, what to do, and the buttons that make sense. */
export function alertMessage(view: OperationView, alert: Alert): Message {
  const { text, remedy } = textOf(alert.cause);
  const home = homeText(view, alert);
  const cause = cut(escaped(text), CAUSE_CHARS_MAX);
  const next = [cut(escaped(remedy), CAUSE_CHARS_MAX)];
  if (alert.offers.includes('heal-store')) next.push(escaped(chat.healStore(alert.operation)));
  const lines = [
    `*${chat.alert}*: ${cause}`,
    home,
    `*${chat.doNext}*: ${next.join('\n')}`,
    mention(view.requestedBy),
  ];
  return message(`${chat.alert}: ${cause} ${home} ${next.join(' ')}`, [
    section(lines.join('\n')),
    ...actions(buttonsOf(view, alert)),
  ]);
}

/** An alert that knows exactly what is lost says so in its fact `lost`. */
function homeText(view: OperationView, { home, cause }: Alert): string {
  const { lost } = cause.facts;
  const runs = chat.home[home](routeOf(view));
  if (typeof lost !== 'string') return escaped(runs);
  return escaped(`${runs.replace(' Nothing is lost.', '')} ${chat.lost(lost)}`);
}

function buttonsOf(view: OperationView, alert: Alert): Button[] {
  const { operation, planHash } = view;
  const value = valueText({ operation, planHash, alert: alert.key });
  const { title, text, yes, no } = chat.confirmRollback;
  const confirm = { title, text: text(routeOf(view)), yes, no };
  const all = {
    retry: button({ action: ACTIONS.retry, label: chat.button.retry, value }),
    rollback: button({ action: ACTIONS.rollback, label: chat.button.rollback, value, confirm }),
    cancel: button({ action: ACTIONS.cancel, label: chat.button.cancel, value }),
  };
  return alert.offers.flatMap((offer) => (offer === 'heal-store' ? [] : [all[offer]]));
}
