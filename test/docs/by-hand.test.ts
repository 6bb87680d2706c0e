/** Whoever is sent to docs/by-hand.md by an alert finds a section there. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventIds } from '../../src/bot/event-ids.ts';
import { catalogueCodes } from '../../src/texts/catalogue.ts';
import { BLOCKS, BY_HAND } from './by-hand-page.ts';
import { anchorsOf, codeIn, ROOT, rowsOf, sectionOf } from './pages.ts';

/** What leaves the VM as it was, and nothing to be done on its host but in Ferry or its settings. */
const NOTHING_BY_HAND = [
  // The worker's own files, and its PowerShell.
  'definition-missing definition-too-large definition-unreadable epoch-behind epoch-file-damaged',
  'hyperv-module-missing rounds-note-damaged round-not-followed',
  'powershell-answer powershell-busy powershell-closed powershell-died powershell-failed',
  'powershell-missing powershell-timeout',
  // Refused before anything was done; the text has the remedy.
  'method-unavailable move-incompatible new-warnings',
  'vm-busy vm-reconfigured vm-unknown',
].flatMap((line) => line.split(' '));

const rows = rowsOf(sectionOf(BY_HAND, 'What alerts send you here'));
const NUMBERS = rows.filter(([first = '']) => /^[\d, ]+$/.test(first));
const CODES = rows.filter(([first = '']) => first.startsWith('`'));

describe('docs/by-hand.md', () => {
  it('has a row for every number of an alert', () => {
    const named = NUMBERS.flatMap(([first = '']) => first.split(', ').map(Number));
    expect(named.toSorted()).toEqual(eventIds().toSorted());
  });

  it('leads from every row to a section, which has lines or leads on to some', () => {
    const linked = CODES.map(([, cell = '']) => /\(#([^)]+)\)/.exec(cell)?.[1]);
    expect(linked.filter((anchor) => !anchorsOf(BY_HAND).includes(anchor ?? ''))).toEqual([]);
    const withLines = new Set(BLOCKS.map(({ section }) => section));
    const sections = BY_HAND.text.split(/^## /m).slice(1);
    const bare = sections
      .filter((section) => !withLines.has(section.split('\n')[0] ?? ''))
      .filter((section) => !/\]\(#/.test(section))
      .map((section) => section.split('\n')[0]);
    expect(bare).toEqual(['Afterwards']);
  });

  it('names every code with which a step or a host of Hyper-V ends and a person has to act there', () => {
    const named = CODES.flatMap(([first = '']) => codeIn(first));
    expect(named.filter((code) => !catalogueCodes().includes(code))).toEqual([]);
    const thrown = ['src/migration/steps', 'src/hosts/hyperv'].flatMap(codesIn);
    expect(thrown.length).toBeGreaterThan(50);
    const missing = thrown.filter((code) => ![...named, ...NOTHING_BY_HAND].includes(code));
    expect([...new Set(missing)]).toEqual([]);
    expect(named.filter((code) => NOTHING_BY_HAND.includes(code))).toEqual([]);
    expect(NOTHING_BY_HAND.filter((code) => !thrown.includes(code))).toEqual([]);
  });
});

function codesIn(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true }).map(String);
  return files
    .filter((name) => /\.(ts|psm?1)$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(ROOT, folder, name), 'utf8');
      const found = text.matchAll(
        /(?:new (?:Problem|Verdict|NeverRan|AskAgain)\(|Stop-Script)\s*'([a-z-]+)'/g,
      );
      return [...found].map(([, code = '']) => code);
    });
}
