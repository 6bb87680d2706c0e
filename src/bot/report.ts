/** All that the bot knows about one operation, as plain text for the person who has to look. */

import type { Entry } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import type { OperationView } from '../slack/operation-view.ts';
import { textOf } from '../texts/catalogue.ts';
import { withoutTokens } from './secrets.ts';

/** What Slack is sent; beyond it the middle is left out: how it began and how it ended matter. */
const BYTES_MAX = 1_048_576;
const LEFT_OUT = '\n[… the middle is left out …]\n';

export interface Report {
  readonly view: OperationView;
  readonly entries: readonly Entry[];
  /** By host, why its worker stopped acting. */
  readonly halts: Readonly<Record<string, ProblemRecord>>;
  readonly logLines: readonly string[];
}

export function reportOf({ view, entries, halts, logLines }: Report): string {
  const { operation, plan, state, times } = view;
  const where = `${plan.vm.name} from ${plan.source} to ${plan.target}`;
  const parts = [
    [`${operation}: ${where}`, `State: ${state.kind} ${state.step}`.trim()],
    [`Looked at ${timeText(times.lookedAt ?? 0)}, times are UTC of the store's clock.`],
    ['# Alerts', ...view.alerts.map((one) => `${timeText(one.raisedAt)} ${wordsOf(one.cause)}`)],
    ['# Halts', ...Object.entries(halts).map(([host, why]) => `${host}: ${wordsOf(why)}`)],
    ['# Journal', ...entries.map(entryLine)],
    ['# Plan', JSON.stringify(plan, null, 2)],
    ['# Findings', ...view.findings.map((one) => `${one.severity}: ${wordsOf(one)}`)],
    ["# The bot's newest log lines", ...logLines],
  ];
  // Tokens and passwords should not be here at all.
  return shortened(withoutTokens(parts.map((lines) => lines.join('\n')).join('\n\n')));
}

const timeText = (at: number): string => new Date(at).toISOString();

const wordsOf = (problem: ProblemRecord): string =>
  `${textOf(problem).text} (${problem.code} ${JSON.stringify(problem.facts)})`;

function entryLine({ position, at, author, body }: Entry): string {
  const { kind, ...rest } = body;
  // The opening entry is the plan, which follows.
  const what = kind === 'opened' ? '' : JSON.stringify(rest);
  return `${String(position).padStart(4)}  ${timeText(at)}  ${author}  ${kind} ${what}`.trimEnd();
}

function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= BYTES_MAX) return `${text}\n`;
  const half = Math.floor((BYTES_MAX - Buffer.byteLength(LEFT_OUT)) / 2) - 1;
  // Half a character at a cut becomes U+FFFD, which is three bytes.
  const whole = (part: Buffer) => part.toString().replace(/^\uFFFD+|\uFFFD+$/g, '');
  return `${whole(bytes.subarray(0, half))}${LEFT_OUT}${whole(bytes.subarray(-half))}\n`;
}
