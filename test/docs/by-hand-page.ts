/** The blocks of docs/by-hand.md, by the section that each stands in, and how one is run as it is written. */

import { pageOf } from './pages.ts';

export const BY_HAND = pageOf('docs/by-hand.md');

export interface Block {
  readonly section: string;
  /** Within its section, from 0. */
  readonly index: number;
  readonly text: string;
}

export const BLOCKS: readonly Block[] = BY_HAND.text.split(/^## /m).flatMap((section) => {
  const [heading = ''] = section.split('\n');
  const found = section.matchAll(/^```powershell\n([\s\S]*?)\n```$/gm);
  return [...found].map(([, text = ''], index) => ({ section: heading, index, text }));
});

export const nameOf = ({ section, index }: Pick<Block, 'section' | 'index'>): string =>
  `${section} ${index}`;

export function blockOf(section: string, index = 0): string {
  const found = BLOCKS.find((one) => one.section === section && one.index === index);
  if (found) return found.text;
  throw new Error(`docs/by-hand.md has no block ${nameOf({ section, index })}`);
}

/** What a person puts in: the page's own texts, and what stands there for them. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  let filled = text;
  for (const [example, value] of Object.entries(values)) {
    if (!filled.includes(`'${example}'`)) throw new Error(`'${example}' is not in: ${text}`);
    filled = filled.replaceAll(`'${example}'`, `'${value}'`);
  }
  return filled;
}

/** As at a plain prompt: no strict mode, and errors end nothing. Answers { said }, line by line. */
export const atPrompt = (blocks: readonly string[]): string => `
Set-StrictMode -Off
$ErrorActionPreference = 'Continue'
$PSDefaultParameterValues = @{}
$lines = @(. {
${blocks.join('\n')}
} | Out-String -Stream -Width 500)
@{ said = $lines }
`;
