/** Each of Slack's rules has a test that sends its violation, and each such test has its rule. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RULES } from '../../../src/lab/slack/rules.ts';

const NAMED_TEST = /\bit\(\s*'([a-z0-9-]+): /g;

const testedIds = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .flatMap((source) => [...source.matchAll(NAMED_TEST)].flatMap(([, id]) => id ?? []));

describe("the table of Slack's rules", () => {
  it('names each rule once, with a sentence and a source', () => {
    const ids = RULES.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const { id, sentence, source } of RULES) {
      expect(id).toMatch(/^[a-z0-9-]+$/);
      expect(sentence).toMatch(/^[A-Z].*\.$|^[a-z_.]+ .*\.$|^[a-z_]+ .*\.$/);
      expect(source).not.toBe('');
    }
  });

  it('has no rule without a test', () => {
    expect(RULES.map(({ id }) => id).filter((id) => !testedIds.includes(id))).toEqual([]);
  });

  it('has no test without a rule', () => {
    const ids = RULES.map(({ id }) => id);
    expect(testedIds.filter((id) => !ids.includes(id))).toEqual([]);
  });
});
