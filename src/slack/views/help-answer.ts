/** Help, from the table of the grammar. */

import type { Words } from '../../texts/words.ts';
import { GRAMMAR, type Rule, ruleOf, usageOf } from '../commands/grammar.ts';
import { nearest } from '../commands/near.ts';
import { escaped, type Message, named } from './blocks.ts';
import { lines } from './lines.ts';

/** All commands, or one with its example. */
export function helpAnswer(words: Words, command?: string): Message {
  const { commands } = words;
  const rule = command === undefined ? undefined : ruleOf(command);
  if (rule) return lines(oneRule(rule, words));
  const unknown = command === undefined ? [] : [escaped(commands.helpUnknown(named(command)))];
  const near = nearest(
    command ?? '',
    GRAMMAR.map(({ name }) => name),
  ).flatMap((name) => ruleOf(name) ?? []);
  const rules = near.length > 0 ? near : GRAMMAR;
  return lines([
    ...unknown,
    `*${escaped(commands.help)}*`,
    // The options of each are in the help of that one: all of them at once are more than is read.
    ...rules.map((one) => helpLine(near.length > 0 ? one : { ...one, options: [] }, words)),
    escaped(commands.helpMore),
    escaped(commands.helpNote),
  ]);
}

function oneRule(rule: Rule, words: Words): string[] {
  const { commands } = words;
  const { options = [] } = rule;
  return [
    helpLine(rule, words),
    ...options.map(({ name, usage }) => escaped(`• ${usage}: ${commands.option[name]}`)),
    escaped(`${commands.example}: ${typed(rule.example)}`),
    escaped(`${commands.whoMay}: ${commands.audience[rule.for]}`),
  ];
}

const helpLine = (rule: Rule, { commands }: Words): string =>
  `• ${escaped(`${typed(usageOf(rule))}: ${commands.meaning[rule.name]}`)}`;

const typed = (command: string): string => `/migrate ${command}`.trim();
