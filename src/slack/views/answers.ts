/** Short answers to commands and clicks: one fact, one next action. */

import { bySeverity } from '../../domain/finding.ts';
import type { ProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import type { OperationView } from '../operation-view.ts';
import type { Refusal } from '../ports.ts';
import { channelLink, escaped, type Message, mention, named } from './blocks.ts';
import { drainLine } from './drain-message.ts';
import type { DrainView } from './drain-view.ts';
import { lines, list, sentences } from './lines.ts';
import { percentOf, routeOf, stateLine } from './operation-message.ts';

const USERS_SHOWN_MAX = 10;
const OPERATIONS_SHOWN_MAX = 15;

/** A sentence of ours, with names in it: escaped here. */
export const sentence = (text: string): Message => lines([escaped(text)]);

/** A problem in words; `whoMay` are the people who could do it. */
export function problemAnswer(
  problem: ProblemRecord,
  words: Words,
  whoMay: readonly string[] = [],
): Message {
  const { chat } = words;
  const said = [sentences(problem, words)];
  if (whoMay.length > 0) {
    said.push(`${chat.whoMay} ${whoMay.slice(0, USERS_SHOWN_MAX).map(mention).join(', ')}`);
  }
  return lines(said);
}

/** Why a VM cannot be moved: one problem, or what the preflight found. */
export function refusalAnswer(
  route: { vm: string; target: string },
  refused: Refusal,
  words: Words,
): Message {
  return whyNot(words.chat.cannotMove(named(route.vm), named(route.target)), refused, words);
}

/** Why a VM cannot be kept aligned. */
export const alignRefusalAnswer = (
  route: { vm: string; target: string },
  refused: Refusal,
  words: Words,
): Message => whyNot(words.alignment.cannot(named(route.vm), named(route.target)), refused, words);

/** Why a copy cannot be deleted. */
export function deletionRefusalAnswer(
  copy: { vm: string; host: string },
  refused: Refusal,
  words: Words,
): Message {
  return whyNot(words.commands.cannotDelete(named(copy.vm), named(copy.host)), refused, words);
}

function whyNot(title: string, refused: Refusal, words: Words): Message {
  if ('code' in refused) return problemAnswer(refused, words);
  const blockers = bySeverity(refused).filter((finding) => finding.severity === 'blocker');
  const rows = blockers.map((finding) => `• ${sentences(finding, words)}`);
  return lines([`*${escaped(title)}*`, ...rows]);
}

/** `said` names the operation; its message is in `channel`. */
export const shownIn = (said: string, channel: string): Message =>
  lines([`${escaped(said)} ${channelLink(channel)}.`]);

/** `drains` stand above the moves that they are made of. */
export function statusAnswer(
  views: readonly OperationView[],
  words: Words,
  drains: readonly DrainView[] = [],
): Message {
  const { chat, commands } = words;
  if (views.length + drains.length === 0) return sentence(commands.idle);
  const rows = views.map((view) => {
    const percent = view.progress ? ` ${chat.percent(percentOf(view.progress))}` : '';
    const title = escaped(`${view.operation}, ${chat.title(routeOf(view))}`);
    return `• ${title}: ${stateLine(view, words)}${percent} ${channelLink(view.channel)}`;
  });
  const many = drains.map((view) => `• ${drainLine(view, words)} ${channelLink(view.channel)}`);
  const all = [...many, ...rows];
  return list({ title: escaped(commands.status), rows: all, rowsMax: OPERATIONS_SHOWN_MAX }, words);
}
