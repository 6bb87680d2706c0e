/** All that the bot knows about one operation, as plain text for the person who has to look. */

import type { Entry } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import type { OperationView } from '../slack/operation-view.ts';
import { textsIn } from '../texts/catalogue.ts';
import { outsideIn } from '../texts/outside.ts';
import type { Language } from '../texts/words.ts';
import { withoutTokens } from './secrets.ts';

/** What Slack is sent; beyond it the middle is left out: how it began and how it ended matter. */
const BYTES_MAX = 1_048_576;

export interface Report {
  readonly view: OperationView;
  readonly entries: readonly Entry[];
  /** By host, why its worker stopped acting. */
  readonly halts: Readonly<Record<string, ProblemRecord>>;
  readonly logLines: readonly string[];
  readonly language: Language;
}

/** Names of states, steps and entries are those of the journal in every language. */
export function reportOf({ view, entries, halts, logLines, language }: Report): string {
  const { operation, plan, state, times } = view;
  const { report: say } = outsideIn(language);
  const textOf = textsIn(language);
  const wordsOf = (problem: ProblemRecord): string =>
    `${textOf(problem).text} (${problem.code} ${JSON.stringify(problem.facts)})`;
  const parts = [
    [
      say.title(operation, plan.vm.name, plan.source, plan.target),
      `${say.state}: ${state.kind} ${state.step}`.trim(),
    ],
    [say.lookedAt(timeText(times.lookedAt ?? 0))],
    [
      `# ${say.alerts}`,
      ...view.alerts.map((one) => `${timeText(one.raisedAt)} ${wordsOf(one.cause)}`),
    ],
    [`# ${say.halts}`, ...Object.entries(halts).map(([host, why]) => `${host}: ${wordsOf(why)}`)],
    [`# ${say.journal}`, ...entries.map(entryLine)],
    [`# ${say.plan}`, JSON.stringify(plan, null, 2)],
    [`# ${say.findings}`, ...view.findings.map((one) => `${one.severity}: ${wordsOf(one)}`)],
    [`# ${say.log}`, ...logLines],
  ];
  // Tokens and passwords should not be here at all.
  const text = withoutTokens(parts.map((lines) => lines.join('\n')).join('\n\n'));
  return shortened(text, `\n${say.leftOut}\n`);
}

const timeText = (at: number): string => new Date(at).toISOString();

function entryLine({ position, at, author, body }: Entry): string {
  const { kind, ...rest } = body;
  // The opening entry is the plan, which follows.
  const what = kind === 'opened' ? '' : JSON.stringify(rest);
  return `${String(position).padStart(4)}  ${timeText(at)}  ${author}  ${kind} ${what}`.trimEnd();
}

function shortened(text: string, leftOut: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= BYTES_MAX) return `${text}\n`;
  const half = Math.floor((BYTES_MAX - Buffer.byteLength(leftOut)) / 2) - 1;
  // Half a character at a cut becomes U+FFFD, which is three bytes.
  const whole = (part: Buffer) => part.toString().replace(/^\uFFFD+|\uFFFD+$/g, '');
  return `${whole(bytes.subarray(0, half))}${leftOut}${whole(bytes.subarray(-half))}\n`;
}
