/**
 * What mends the doctor's findings, as one PowerShell script for a person to read and to run. Only
 * ASCII: Windows PowerShell 5.1 reads files, and what is redirected into them, in older encodings.
 */

import { bySeverity, type Finding } from '../domain/finding.ts';
import type { TextOf } from '../texts/catalogue.ts';
import { type Mending, mendingOf } from '../texts/mending.ts';
import { quoted } from '../texts/powershell.ts';

const HEAD = [
  '# What mends what "ferry doctor" found. Nothing of it has been run: read it, and take out what you do not want.',
  '# Run it in Windows PowerShell as an administrator, on each host that it names: a part for another host is',
  '# passed over with a warning. Parts for Active Directory need its module and an administrator of the domain.',
  "$ErrorActionPreference = 'Stop'",
];

type Words = (finding: Finding) => ReturnType<TextOf>;

/** `words` says what is wrong, and why, in the comments. */
export function mendingScript(findings: readonly Finding[], words: Words): string {
  const wrong = bySeverity(findings).filter(({ severity }) => severity !== 'ok');
  const parts = wrong.flatMap((finding, index) => partOf(finding, index + 1, words));
  const end = wrong.length === 0 ? ['', '# All is well: there is nothing to mend.'] : [];
  return [...HEAD, ...parts, ...end].join('\n');
}

function partOf(finding: Finding, number: number, words: Words): string[] {
  const { text, remedy } = words(finding);
  const mendings = mendingOf(finding);
  const byHand = mendings.length === 0 ? ['# By hand: there is no command for it here.'] : [];
  return [
    '',
    comment(`${number}. ${finding.severity}: ${text}`),
    comment(remedy),
    ...byHand,
    ...mendings.flatMap((mending) => linesOf(mending, number)),
  ];
}

function linesOf({ on, commands }: Mending, number: number): string[] {
  if (on === undefined) return commands.map(asciiCode);
  const elsewhere = quoted(`Part ${number} was passed over here: it is for ${on}.`);
  return [
    `if ($env:COMPUTERNAME -eq ${quoted(on)}) {`,
    ...commands.map((command) => `  ${command}`),
    '} else {',
    `  Write-Warning ${elsewhere}`,
    '}',
  ].map(asciiCode);
}

/** Facts come from other machines: whatever they hold, it stays in its line. */
const comment = (text: string): string => `# ${text.replace(/[^\x20-\x7e]+/g, asciiComment)}`;
const asciiComment = (text: string): string => (/\s/.test(text) ? ' ' : '?');

const LITERAL = /'(?:[^']|'')*'/g;
const QUOTE = /['‘’‚‛]{2}/g;

/** A name with other letters is written by their numbers. */
const asciiCode = (line: string): string => line.replace(LITERAL, asciiLiteral);

function asciiLiteral(literal: string): string {
  if (/^[\x20-\x7e]*$/.test(literal)) return literal;
  const name = literal.slice(1, -1).replace(QUOTE, (pair) => pair.slice(0, 1));
  const escaped = name
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `([regex]::Unescape('${escaped}'))`;
}
