import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogueCodes } from '../../src/texts/catalogue.ts';
import { migrationProblems } from '../../src/texts/en/migration.ts';

const FOLDER = join(import.meta.dirname, '../../src/migration');
const THROWN = /new (?:Problem|Verdict|AskAgain|NeverRan)\(\s*'([a-z-]+)'|code: '([a-z-]+)'/g;

describe('the words of a migration', () => {
  it('exist for every code that a step or the journal can end with', async () => {
    const files = await readdir(FOLDER, { recursive: true });
    const codes = new Set<string>();
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(join(FOLDER, file), 'utf8');
      for (const [, thrown, named] of text.matchAll(THROWN)) codes.add(thrown ?? named ?? '');
    }
    expect(codes.size).toBeGreaterThan(20);
    const known = new Set([...Object.keys(migrationProblems), ...catalogueCodes()]);
    expect([...codes].filter((code) => !known.has(code))).toEqual([]);
  });

  it.each(Object.entries(migrationProblems))(
    'name what happened and what to do: %s',
    (_, textOf) => {
      const { text, remedy } = textOf({ vm: 'dc02', host: 'hv-a', seconds: 90, by: 'U1' });
      expect(`${text} ${remedy}`).not.toMatch(/NaN|\[object/);
      expect(text).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
    },
  );
});
