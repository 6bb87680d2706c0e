/** Answers as lines: what is read on a phone and by screen readers alike. */

import type { ProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import { cut, escaped, type Message, message, SECTION_CHARS_MAX, section } from './blocks.ts';

const LINE_CHARS_MAX = 600;
/** Slack refuses messages whose blocks have about 13,200 characters of JSON together. */
const JSON_CHARS_MAX = 12_000;
/** For what stands below a list: how much is left out, and how to see it. */
const NOTE_CHARS = 1_500;

/** Lines that are escaped already, in as few sections as hold them. */
export function lines(all: readonly string[]): Message {
  const shown = fitting(all, JSON_CHARS_MAX);
  const sections: string[] = [];
  for (const line of shown) {
    const last = sections.at(-1);
    const fits = last !== undefined && last.length + line.length < SECTION_CHARS_MAX;
    if (fits) sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line);
  }
  return message(shown.join('\n'), sections.map(section));
}

export interface List {
  /** Escaped, as are the rows. */
  readonly title: string;
  readonly rows: readonly string[];
  readonly rowsMax: number;
  /** How what is left out is said; escaped. */
  readonly more?: (hidden: number) => string;
  /** What stands below it; `hidden` rows are not shown. */
  readonly below?: (hidden: number) => readonly string[];
}

/** As many rows as are meant and fit; what is left out is said. */
export function list({ title, rows, rowsMax, more, below }: List, { commands }: Words): Message {
  const shown = fitting(rows.slice(0, rowsMax), JSON_CHARS_MAX - NOTE_CHARS);
  const hidden = rows.length - shown.length;
  const said = hidden > 0 ? [more?.(hidden) ?? escaped(commands.more(hidden))] : [];
  return lines([`*${title}*`, ...shown, ...said, ...(below?.(hidden) ?? [])]);
}

function fitting(all: readonly string[], charsMax: number): string[] {
  const shown: string[] = [];
  let chars = 0;
  for (const line of all.map((one) => cut(one, LINE_CHARS_MAX))) {
    chars += JSON.stringify(line).length;
    if (chars > charsMax) break;
    shown.push(line);
  }
  return shown;
}

/** What, and what to do next, each short enough for a line; escaped. */
export function sentences(problem: ProblemRecord, { textOf }: Words): string {
  const { text, remedy } = textOf(problem);
  const half = LINE_CHARS_MAX / 2;
  return `${cut(escaped(text), half)} ${cut(escaped(remedy), half)}`;
}
