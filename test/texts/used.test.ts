import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../src/preflight/checks.ts';
import { CHECKS_OF_HOSTS } from '../../src/preflight/host-findings.ts';
import { catalogueCodes } from '../../src/texts/catalogue.ts';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['src', 'jobs']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, String(name))),
  )
  .filter((name) => /\.(?:ts|psm?1)$/.test(name) && !name.startsWith(join('src', 'texts')));
const TEXT = SOURCES.map((name) => readFileSync(join(ROOT, name), 'utf8')).join('\n');

const CODE = "'([a-z]+(?:-[a-z]+)*)'";
const found = (...patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) =>
    [...TEXT.matchAll(new RegExp(pattern, 'g'))].map(([, code]) => String(code)),
  );

/** Each makes a problem or a finding, and nothing else. */
const MADE = found(
  String.raw`new (?:Problem|Verdict|AskAgain|NeverRan)\(\s*${CODE}`,
  String.raw`\bcode: ${CODE},\s*facts`,
  `Stop-Script ${CODE}`,
  String.raw`\bsay\('[a-z-]+', '[a-z]+', ${CODE}`,
  String.raw`\bsay\.(?:warning|blocker)\([^;]*?, ${CODE}\)`,
);
/** By plans, and by the doctor. */
const ASKED = [...CHECKS, ...CHECKS_OF_HOSTS];
/** What a check says without a code of its own. */
const OF_CHECKS = [
  ...ASKED.map(({ name }) => `${name}-unknown`),
  ...found(String.raw`\bfindingsOf\(${CODE}\)`).flatMap((name) => [name, `${name}-ok`]),
];
/** These may make one, by way of a table, a choice or a function. A list or a key makes none. */
const PERHAPS_MADE = found(String.raw`\w\(${CODE}`, `: ${CODE}`, String.raw`\? ${CODE} :`);

describe('the codes of the catalogue', () => {
  it('are those that the code makes', () => {
    const known = new Set(catalogueCodes());
    expect(MADE.filter((code) => !known.has(code))).toEqual([]);
    expect(new Set(MADE).size).toBeGreaterThan(250);
  });

  it('have words for what each check says', () => {
    const known = new Set(catalogueCodes());
    const wanted = ASKED.flatMap(({ name }) => [`${name}-ok`, `${name}-unknown`]);
    expect(wanted.filter((code) => !known.has(code))).toEqual([]);
    expect(wanted.length).toBeGreaterThan(20);
  });

  it('are all made somewhere', () => {
    const made = new Set([...MADE, ...OF_CHECKS, ...PERHAPS_MADE]);
    expect(catalogueCodes().filter((code) => !made.has(code))).toEqual([]);
    expect(made.has('no-such-code')).toBe(false);
  });
});
