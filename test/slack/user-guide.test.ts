/** The guide against the grammar and the bot's own answers, so that neither drifts from the other. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { GRAMMAR, usageOf } from '../../src/slack/commands/grammar.ts';
import { OPTIONS } from '../../src/slack/commands/options.ts';
import { parseCommand } from '../../src/slack/commands/parse.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import { commands } from '../../src/texts/en/commands.ts';
import { english } from '../../src/texts/words.ts';
import { OPERATOR } from './fake-operations.ts';
import { underWay } from './under-way.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/user-guide.md'), 'utf8');

interface Section {
  /** As the heading has it, without `/migrate`. */
  readonly usage: string;
  readonly examples: readonly string[];
  readonly quotes: readonly string[];
  readonly whoMay: string;
}

const typedIn = (line: string): string => line.replace(/^\/migrate ?/, '');

const SECTIONS: readonly Section[] = guide
  .split(/^### /m)
  .slice(1)
  .map((text) => ({
    usage: typedIn(/^`(.*)`$/m.exec(text)?.[1] ?? ''),
    examples: [...text.matchAll(/^\/migrate.*$/gm)].map(([line]) => typedIn(line)),
    quotes: [...text.matchAll(/^> (.*)$/gm)].map(([, quote = '']) => quote),
    whoMay: /^Who may: (.*)\.$/m.exec(text)?.[1] ?? '',
  }));

const sectionOf = (usage: string): Section | undefined =>
  SECTIONS.find((section) => section.usage === usage);

describe('the user guide', () => {
  it('has a section for each command of the grammar, and none more', () => {
    expect(SECTIONS.map(({ usage }) => usage).toSorted()).toEqual(GRAMMAR.map(usageOf).toSorted());
  });

  it('shows every option', () => {
    for (const { example } of OPTIONS.filter(({ keyword }) => keyword)) {
      expect(guide).toContain(`\`${example}\``);
    }
  });

  it.each(GRAMMAR)('says of "$example" who may and what comes back', async (rule) => {
    const section = sectionOf(usageOf(rule));
    expect(section?.whoMay).toBe(commands.audience[rule.for]);
    expect(section?.examples[0]).toBe(rule.example);
    const said: string[] = [];
    for (const example of section?.examples ?? []) {
      expect(parseCommand(example)).toMatchObject({ command: { name: rule.name } });
      const edge = await underWay();
      const asker = { user: OPERATOR, channel: 'C-MIGRATIONS' };
      said.push((await answerTo(example, asker, edge)).text);
      expect(edge.logged).toEqual([]);
    }
    const shown = said[0]?.replaceAll('&lt;', '<').replaceAll('&gt;', '>') ?? '';
    for (const quote of section?.quotes ?? []) expect(shown).toContain(quote);
  });

  it('says of the buttons of approval who may, and what they do', () => {
    for (const label of [english.chat.button.approve, english.deletion.chat.approve]) {
      expect(guide.split(`**${label}**`).length).toBeGreaterThan(2);
    }
  });

  it('quotes an answer for every command but the doctor, who looks at real things', () => {
    const silent = SECTIONS.filter(({ quotes }) => quotes.length === 0).map(({ usage }) => usage);
    expect(silent).toEqual(['doctor']);
  });
});
