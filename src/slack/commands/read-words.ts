/** From words to a command: the first rule of the table that they fit. */

import type { Facts, ProblemRecord } from '../../domain/problem.ts';
import {
  type Command,
  GRAMMAR,
  isKeywordPart,
  kindOf,
  nameOf,
  type Rule,
  usageOf,
} from './grammar.ts';
import { ALL_OPTIONS, type CommandOption, isValue, type ValueKind } from './options.ts';
import type { Word } from './words.ts';

export interface Understood {
  readonly command: Command;
  readonly rule: Rule;
  readonly words: readonly Word[];
  /** Which word gave a value: to answer with the whole command when that value is unknown. */
  readonly places: ReadonlyMap<string, number>;
}

/**
 * The command that the words are, or what is wrong behind the keywords of a rule. `operation`: whose
 * thread this is typed in; it is meant where its VM is left out.
 */
export function readWords(
  words: readonly Word[],
  operation?: string,
): Understood | { readonly refused: ProblemRecord | undefined } {
  let refused: ProblemRecord | undefined;
  for (const { rule, given } of readings(operation)) {
    const match = matchOf(rule, words, given);
    if (!match) continue;
    if (!('problem' in match)) {
      const { values, places } = match;
      return { command: rule.make(values), rule, words, places };
    }
    // What is wrong with a value says more than that something is missing.
    if (!refused || match.problem.code !== 'command-incomplete') refused = match.problem;
  }
  return { refused };
}

interface Reading {
  readonly rule: Rule;
  /** What need not be typed. */
  readonly given: ReadonlyMap<string, string>;
}

function readings(operation: string | undefined): Reading[] {
  const plain = GRAMMAR.map((rule) => ({ rule, given: new Map<string, string>() }));
  if (operation === undefined) return plain;
  const given = new Map([['vm', operation]]);
  const here = GRAMMAR.filter((rule) => rule.inThread).map((rule) => ({ rule, given }));
  return [...here, ...plain];
}

interface Match {
  readonly values: Map<string, string>;
  readonly places: Map<string, number>;
}

type MatchOrNot = Match | { readonly problem: ProblemRecord } | undefined;

function matchOf(
  rule: Rule,
  words: readonly Word[],
  given: ReadonlyMap<string, string>,
): MatchOrNot {
  const match: Match = { values: new Map(given), places: new Map() };
  let at = 0;
  let isBegun = false;
  for (const part of rule.parts) {
    const name = nameOf(part);
    const word = words[at];
    if (given.has(name)) continue;
    if (!word) {
      if (part.startsWith('[')) continue;
      return isBegun ? { problem: incomplete(rule) } : undefined;
    }
    if (isKeywordPart(part)) {
      if (!isKeyword(word, part)) return undefined;
      isBegun = true;
      at += 1;
    } else if (part.includes('…')) {
      match.values.set(name, textOf(words.slice(at)));
      at = words.length;
    } else {
      const taken = valueAt(kindOf(part), words, at);
      if (taken === 0) return { problem: unreadable(kindOf(part), words, at) };
      put(match, name, { words, at, taken });
      at += taken;
    }
  }
  if (rule.options) return withOptions(match, words, { at, options: rule.options });
  return at < words.length ? undefined : match;
}

function withOptions(
  match: Match,
  words: readonly Word[],
  from: { readonly at: number; readonly options: readonly CommandOption[] },
): MatchOrNot {
  let { at } = from;
  // Each turn takes at least one word.
  while (at < words.length) {
    const option = optionAt(words, at) ?? timeAlone(words, at);
    if (!option || !from.options.includes(option))
      return problem('option-unknown', { text: textOf(words.slice(at, at + 1)) });
    const { name, keyword, value, usage } = option;
    if (match.values.has(name)) return problem('option-twice', { usage });
    if (keyword !== undefined && isKeywordAt(words, at, keyword)) at += 1;
    if (at === words.length) return problem('option-incomplete', { usage });
    if (value === 'time') {
      if (isKeywordAt(words, at, 'at')) at += 1;
      if (at === words.length) return problem('option-incomplete', { usage });
      const end = endOfTime(words, at);
      const text = spoken(words.slice(at, end ?? words.length));
      if (end === undefined) return problem('time-unreadable', { text });
      match.values.set(name, text);
      at = end;
      continue;
    }
    const taken = valueAt(value, words, at);
    if (taken === 0) return { problem: unreadable(value, words, at) };
    put(match, name, { words, at, taken });
    at += taken;
  }
  return match;
}

/** `tonight` alone says it as well as `at 22:00`. */
const timeAlone = (words: readonly Word[], at: number): CommandOption | undefined =>
  endOfTime(words, at) === undefined ? undefined : ALL_OPTIONS.find(({ name }) => name === 'at');

/** No time that people say has more: `on Saturday the 5th of December at 3 am`. */
const TIME_WORDS_MAX = 9;

/** The longest reading, as `at` is a word of times and an option: `tomorrow at 3` is one time. */
function endOfTime(words: readonly Word[], from: number): number | undefined {
  for (let end = Math.min(words.length, from + TIME_WORDS_MAX); end > from; end -= 1) {
    if (isValue('time', spoken(words.slice(from, end)))) return end;
  }
  return undefined;
}

const spoken = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ');

const isKeywordAt = (words: readonly Word[], at: number, keyword: string): boolean => {
  const word = words[at];
  return word !== undefined && isKeyword(word, keyword);
};

/** The option that begins at this word. */
export function optionAt(words: readonly Word[], at: number): CommandOption | undefined {
  const word = words[at];
  if (!word) return undefined;
  return ALL_OPTIONS.find(({ keyword, choices = [] }) =>
    [...(keyword ? [keyword] : choices)].some((one) => isKeyword(word, one)),
  );
}

/** How many words the value takes, the longest reading first: `50 MB/s` and `1m 30s` are one. */
function valueAt(kind: ValueKind, words: readonly Word[], at: number): 0 | 1 | 2 {
  if (kind === 'name') return at < words.length ? 1 : 0;
  if (kind === 'switches') return isValue(kind, textOf(words.slice(at, at + 1))) ? 1 : 0;
  for (const count of [2, 1] as const) {
    const some = words.slice(at, at + count);
    const isRead = some.length === count && some.every(({ quoted }) => !quoted);
    if (isRead && isValue(kind, textOf(some))) return count;
  }
  return 0;
}

function put(
  { values, places }: Match,
  name: string,
  { words, at, taken }: { words: readonly Word[]; at: number; taken: number },
): void {
  values.set(name, textOf(words.slice(at, at + taken)));
  places.set(name, at);
}

const textOf = (words: readonly Word[]): string => words.map(({ text }) => text).join('');

export const isKeyword = (word: Word, keyword: string): boolean =>
  !word.quoted && word.text.toLowerCase() === keyword;

const incomplete = (rule: Rule): ProblemRecord => ({
  code: 'command-incomplete',
  facts: { usage: usageOf(rule) },
});

function unreadable(kind: ValueKind, words: readonly Word[], at: number): ProblemRecord {
  const text = textOf(words.slice(at, at + 1));
  if (kind === 'switches') return { code: 'switches-unreadable', facts: { text } };
  if (kind === 'hours') return { code: 'hours-unreadable', facts: { text } };
  return { code: kind === 'duration' ? 'duration-unreadable' : 'rate-unreadable', facts: { text } };
}

const problem = (code: string, facts: Facts): { readonly problem: ProblemRecord } => ({
  problem: { code, facts },
});
