/** What an alignment promises, and how it keeps that. */

import type { Words } from '../../texts/words.ts';
import type { AlignmentView } from '../operation-view.ts';
import { cut, dateText, escaped } from './blocks.ts';

const PROBLEM_CHARS_MAX = 600;

interface Route {
  readonly vm: { readonly id: string; readonly name: string };
  readonly source: string;
  readonly target: string;
}

/** Escaped. `route`: with its names cut to what a name may be. */
export function alignmentLines(view: AlignmentView, route: Route, words: Words): string[] {
  const { alignment: say } = words;
  const { freshAt, round = -1, bytesSent = 0, seconds = 0, problem } = view.alignment ?? {};
  const what = escaped(say.what(route, view.plan.everySeconds));
  const fresh =
    freshAt === undefined
      ? escaped(say.nothingYet)
      : `${escaped(say.fresh)} ${dateText(freshAt)}: ${escaped(say.cost(round, bytesSent, seconds))}.`;
  if (!problem) return [what, fresh];
  const { text, remedy } = words.textOf(problem);
  const failed = cut(escaped(`${say.failed} ${text} ${remedy}`), PROBLEM_CHARS_MAX);
  return [what, fresh, failed];
}
