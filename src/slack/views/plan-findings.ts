/** Findings: folded behind counts with the worst shown, and all of them where they are asked for. */

import { bySeverity, type Finding, type Severity } from '../../domain/finding.ts';
import type { Words } from '../../texts/words.ts';
import { cut, escaped, type Message, message, SECTION_CHARS_MAX, section } from './blocks.ts';
import { fitted } from './fitted.ts';

const WORST_SHOWN_MAX = 3;
const FINDING_CHARS_MAX = 500;
/** One section is half of what a message takes at most, even if all of it is escaped in JSON. */
const SECTIONS_PER_MESSAGE = 3;
/** A response_url takes five answers. */
const MESSAGES_MAX = 5;

const SEVERITIES: readonly Severity[] = ['blocker', 'unknown', 'warning', 'ok'];

/** For example `1 blocker, 2 warnings, 31 checks are well`. */
export function countsLine(findings: readonly Finding[], { plan }: Words): string {
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [plan.counts[severity](count)];
  });
  return escaped(counts.length === 0 ? plan.noFindings : `${counts.join(', ')}.`);
}

/** The counts, and under them the worst with their remedies. What is well is a number. */
export function foldedLines(findings: readonly Finding[], words: Words): string[] {
  const unwell = bySeverity(findings).filter(({ severity }) => severity !== 'ok');
  return [
    `*${words.plan.findings}*: ${countsLine(findings, words)}`,
    ...unwell.slice(0, WORST_SHOWN_MAX).map((finding) => findingLine(finding, words)),
  ];
}

/** One line with its severity in words, what was found, and what to do about it. */
export function findingLine(finding: Finding, words: Words): string {
  const { text, remedy } = words.textOf(finding);
  const label = `*${words.chat.severity[finding.severity]}*`;
  // What is well needs nothing to be done, and a list of it stays short.
  const said = finding.severity === 'ok' ? text : `${text} ${remedy}`;
  return cut(`• ${label}: ${escaped(said)}`, FINDING_CHARS_MAX);
}

/** All findings, blockers first, in as few messages as hold them; at most as many as Slack takes. */
export function findingsMessages(
  title: string,
  findings: readonly Finding[],
  words: Words,
): Message[] {
  const { plan } = words;
  const lines = bySeverity(findings).map((finding) => findingLine(finding, words));
  const sections = packed(lines);
  const pages = Math.min(MESSAGES_MAX, Math.ceil(sections.length / SECTIONS_PER_MESSAGE)) || 1;
  const shown = sections.slice(0, pages * SECTIONS_PER_MESSAGE);
  const hidden = lines.length - shown.reduce((sum, { length }) => sum + length, 0);
  return Array.from({ length: pages }, (_, page) => {
    const of = pages > 1 ? ` (${plan.page(page + 1, pages)})` : '';
    const head = `*${escaped(title)}*${escaped(of)}\n${countsLine(findings, words)}`;
    const first = page * SECTIONS_PER_MESSAGE;
    const texts = shown.slice(first, first + SECTIONS_PER_MESSAGE).map((some) => some.join('\n'));
    const last = page === pages - 1 && hidden > 0 ? [escaped(plan.findingsCut(hidden))] : [];
    const blocks = [head, ...texts, ...last].map(section);
    return message([head, ...texts, ...last].join('\n'), fitted(blocks));
  });
}

/** Lines in as few sections as hold them. */
function packed(lines: readonly string[]): string[][] {
  const sections: string[][] = [];
  let chars = 0;
  for (const line of lines) {
    const last = sections.at(-1);
    if (last && chars + line.length < SECTION_CHARS_MAX) {
      last.push(line);
      chars += line.length + 1;
    } else {
      sections.push([line]);
      chars = line.length;
    }
  }
  return sections;
}
