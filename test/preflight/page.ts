/** The table of all checks as docs/preflight.md shows it. Run with node, it writes the table there anew. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../../src/preflight/check.ts';
import { CHECKS } from '../../src/preflight/checks.ts';
import { textOf } from '../../src/texts/catalogue.ts';

export const PAGE = join(import.meta.dirname, '../../docs/preflight.md');

const UNKNOWN = { acknowledge: 'people accept it', block: 'stops the plan' };

/** In the order in which they are run. */
export function tableOfChecks(checks: readonly Check[] = CHECKS): string {
  const rows = checks.map(({ id, name, methods, phases, unknownMeans }) => {
    const cells = [id, `\`${name}\``, subjectOf(name), methods.join(', '), phases.join(', ')];
    return `| ${[...cells, UNKNOWN[unknownMeans]].join(' | ')} |`;
  });
  const head =
    '| row | check | looks at | methods | asked at | unknown |\n| --- | --- | --- | --- | --- | --- |';
  return `${head}\n${rows.join('\n')}\n`;
}

/** What the catalogue says that it looks at. */
function subjectOf(name: string): string {
  const { text } = textOf({ code: `${name}-unknown`, facts: {} });
  const [subject, rest] = text.split(' could not be judged');
  if (subject === undefined || rest === undefined) throw new Error(`No words of ${name}`);
  return subject;
}

/** The page with its table replaced. */
export function pageWith(page: string, table: string): string {
  const parts = page.split(/^\| row .*\n(?:\|.*\n)*/m);
  if (parts.length !== 2) throw new Error('docs/preflight.md has one table of checks');
  return parts.join(table);
}

if (import.meta.main) writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), tableOfChecks()));
