import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../src/preflight/checks.ts';
import { PAGE, pageWith, tableOfChecks } from './page.ts';

describe('docs/preflight.md', () => {
  const page = readFileSync(PAGE, 'utf8');

  it('has all checks as they are in the code (mend it with: node test/preflight/page.ts)', () => {
    expect(page).toBe(pageWith(page, tableOfChecks()));
    expect(tableOfChecks().split('\n').length).toBe(CHECKS.length + 3);
  });

  it('is stale when a check has changed', () => {
    const [first, ...others] = CHECKS;
    if (!first) throw new Error('There are checks');
    const changed = tableOfChecks([{ ...first, unknownMeans: 'block' }, ...others]);
    expect(page).not.toBe(pageWith(page, changed));
  });

  it('shows each check once, by its name', () => {
    const names = CHECKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
