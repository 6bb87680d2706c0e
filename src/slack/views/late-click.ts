/** The answer to a click that came too late: what the operation does now, and who decided it. */

import type { ProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import type { OperationView } from '../operation-view.ts';
import { actedBy } from './acted-by.ts';
import { approvalLines } from './approval-message.ts';
import { dateText, escaped, type Message, mention } from './blocks.ts';
import { lines } from './lines.ts';
import { stateLine } from './operation-message.ts';
import { wordsFor } from './own-words.ts';

export interface LateClick {
  /** As it is now. */
  readonly view: OperationView;
  /** The key of the alert whose button it was. */
  readonly alert?: string | undefined;
}

/** For the one who clicked alone: it mentions people without meaning to call them. */
export function lateClickAnswer(
  problem: ProblemRecord,
  { view, alert }: LateClick,
  words: Words,
): Message {
  const { text, remedy } = words.textOf(problem);
  const answer = lines([
    escaped(text),
    `*${stateLine(view, words)}*`,
    ...deciders(view, words),
    ...alertLines(view, alert, words),
    escaped(remedy),
  ]);
  return { ...answer, onlyForAsker: true };
}

function deciders(view: OperationView, words: Words): string[] {
  const { lastAct, state } = view;
  const acts = [lastAct, state.why].flatMap((act) => (act ? [actedBy(act, words)] : []));
  const said = acts.flatMap((act) => (act === undefined ? [] : [`${act}.`]));
  return [...new Set(said), ...approvalLines(view, wordsFor(view, words))];
}

function alertLines(
  { alerts }: OperationView,
  key: string | undefined,
  { alerts: say }: Words,
): string[] {
  const alert = alerts.find((one) => one.key === key);
  if (!alert) return [];
  const { heard, mendedAt } = alert;
  return [
    ...(heard ? [`${escaped(say.heardBy)} ${mention(heard.by)} · ${dateText(heard.at)}`] : []),
    ...(mendedAt === undefined ? [] : [`${escaped(say.mendedAt)} ${dateText(mendedAt)}`]),
  ];
}
