/** What a plan would be, for the one who asks: nothing is started and nobody has to approve. */

import { bySeverity } from '../../domain/finding.ts';
import type { Words } from '../../texts/words.ts';
import type { Preview, Wish } from '../ports.ts';
import { type Block, escaped, type Message, message, named, note, section } from './blocks.ts';
import { fitted } from './fitted.ts';
import { countsLine, findingLine } from './plan-findings.ts';
import { boundLines, estimateLine, stepLines } from './plan-lines.ts';

const FINDINGS_MAX = 15;

/** The answer to `/migrate plan …`; `command` is what would start it, as it is typed. */
export function previewMessage(
  { wish, command }: { readonly wish: Wish; readonly command: string },
  preview: Preview,
  words: Words,
): Message {
  const { plan } = words;
  const title = escaped(plan.preview({ vm: named(wish.vm), target: named(wish.target) }));
  const next = preview.plan ? `${plan.previewNote} ${command}` : plan.previewBlocked;
  return message(
    `${title}: ${countsLine(preview.findings, words)} ${escaped(next)}`,
    fitted([section(`*${title}*`), ...previewBlocks(preview, words), note(escaped(next))]),
  );
}

/** What will happen, what people would approve, and the findings; also the body of the modal. */
export function previewBlocks(preview: Preview, words: Words): Block[] {
  const { plan: say } = words;
  const { plan, estimate } = preview;
  const findings = bySeverity(preview.findings);
  const unwell = findings.filter(({ severity }) => severity !== 'ok');
  const lines = unwell.slice(0, FINDINGS_MAX).map((finding) => findingLine(finding, words));
  const hidden = unwell.length - lines.length;
  const checks = [
    `*${say.findings}*: ${countsLine(findings, words)}`,
    ...lines,
    ...(hidden > 0 ? [escaped(say.findingsCut(hidden))] : []),
  ];
  if (!plan) return [section(checks.join('\n'))];
  return [
    section(`*${escaped(say.whatHappens)}*\n${stepLines(plan, estimate, words).join('\n')}`),
    note(estimateLine(plan, estimate, words)),
    section(`*${escaped(say.approving)}*\n${boundLines(plan, words).join('\n')}`),
    section(checks.join('\n')),
  ];
}
