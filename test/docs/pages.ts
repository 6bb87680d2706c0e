/** README and docs as their readers have them: links, tables, and what stands in code. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface Page {
  /** From the root, with slashes. */
  readonly name: string;
  readonly text: string;
  /** Without blocks of code: these show what is typed, not what is linked. */
  readonly prose: string;
}

export const PAGES: readonly Page[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true })
    .map((name) => `docs/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md'))
    .toSorted(),
].map((name) => {
  const text = readFileSync(join(ROOT, name), 'utf8');
  return { name, text, prose: text.replace(/^```[^\n]*\n[\s\S]*?^```$/gm, '') };
});

export function pageOf(name: string): Page {
  const page = PAGES.find((one) => one.name === name);
  if (page) return page;
  throw new Error(`There is no page ${name}`);
}

/** What stands below a heading of the second level, up to the next one. */
export function sectionOf({ name, text }: Page, heading: string): string {
  const sections = text.split(/^## /m);
  const found = sections.find((section) => section.startsWith(`${heading}\n`));
  if (found !== undefined) return found;
  throw new Error(`${name} has no section "${heading}"`);
}

/** The cells of all rows of all tables of a text, without heads and lines. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !isHead(lines, index) && !isLine(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}

const isLine = (line: string): boolean => /^\|(?: ?-+ ?\|)+$/.test(line);
const isHead = (lines: readonly string[], index: number): boolean => isLine(lines[index + 1] ?? '');

/** What stands between backticks. */
export const codeIn = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** As GitHub names the headings of a page. */
export const anchorsOf = ({ prose }: Page): string[] =>
  [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
