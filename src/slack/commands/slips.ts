/** The most likely slip in what could not be read, so that the answer says what to type instead. */

import type { ProblemRecord } from '../../domain/problem.ts';
import {
  GRAMMAR,
  isKeywordPart,
  KEYWORDS,
  type Rule,
  ruleOf,
  typedName,
  usageOf,
} from './grammar.ts';
import { NEAREST_MAX, nearest } from './near.ts';
import { isKeyword, optionAt, readWords } from './read-words.ts';
import { type Word, wordsOf } from './words.ts';

/** A slip further on is not looked for: nothing real has so many words. */
const WORDS_LOOKED_AT_MAX = 12;
/** People write to the bot as to a person, or type the slash command after a mention. */
const FILLERS: readonly string[] = ['/migrate', 'migrate', 'move', 'please'];
const TO: Word = { text: 'to', quoted: false };
/** A number with a unit, whether it could be kept or not; `2019` alone may be a part of a name. */
const AMOUNT = /^[-+]?\d[\d.,]*(?:e\d+)?(?:s|sec|m|min|h|d|[kmgt]?i?b(?:its?)?(?:\/s|ps)?)$/i;
/** As people write a way from here to there. */
const ARROW = /^[-=–—]*[>→➜➡]\ufe0f?$/;

export interface Typed {
  readonly words: readonly Word[];
  /** Whose thread it is typed in. */
  readonly operation: string | undefined;
}

/** `refused`: what was wrong where the keywords were right. */
export function slipIn(typed: Typed, refused: ProblemRecord | undefined): ProblemRecord {
  const { words } = typed;
  const [first, ...rest] = words;
  const isFiller = first && FILLERS.some((filler) => isKeyword(first, filler));
  if (isFiller && rest.length > 0) return withoutFiller({ ...typed, words: rest });
  if (isFiller) return incomplete(ruleOf('migrate'));
  const unquoted = wholeInQuotes(typed);
  if (unquoted !== undefined) return near(typed, [unquoted]);
  const corrected = corrections(typed);
  if (corrected.length > 0) return near(typed, corrected);
  if (refused) return { ...refused, facts: { ...refused.facts, ...quotedIn(words, refused) } };
  const rule = GRAMMAR.find(({ parts }) => first && isKeyword(first, parts[0] ?? ''));
  const quoted = rule?.name === 'plan' || !rule ? quotedRoute(words) : quotedNames(words, rule);
  if (quoted !== undefined) return { code: 'command-quotes-needed', facts: { typed: quoted } };
  if (rule) return incomplete(rule);
  return { code: 'command-unknown', facts: { text: typedAs(words) } };
}

const near = ({ words }: Typed, commands: readonly string[]): ProblemRecord => ({
  code: 'command-near',
  facts: { text: typedAs(words), near: commands },
});

const incomplete = (rule: Rule | undefined): ProblemRecord => ({
  code: 'command-incomplete',
  facts: { usage: rule ? usageOf(rule) : '' },
});

/** The words as they would be typed; the code of an enrolment is not for audit and log. */
export const typedAs = (words: readonly Word[]): string =>
  withoutCode(words)
    .map(({ text, quoted }) => (quoted ? typedName(text) : text))
    .join(' ');

function withoutCode(words: readonly Word[]): readonly Word[] {
  const [keyword, host, code] = words;
  if (!keyword || !host || !code || keyword.quoted || isKeyword(host, 'to')) return words;
  if (nearest(keyword.text, ['enroll']).length === 0) return words;
  return [keyword, host, { text: '<code>', quoted: false }];
}

/** Each turn has a word less, so the length of the command bounds the turns. */
function withoutFiller(typed: Typed): ProblemRecord {
  const { words, operation } = typed;
  const read = readWords(words, operation);
  if ('command' in read) return near(typed, [typedAs(words)]);
  const slip = slipIn(typed, read.refused);
  const withTo = words.toSpliced(1, 0, TO);
  const isRoute = slip.code === 'command-unknown' && 'command' in readWords(withTo, operation);
  return isRoute ? near(typed, [typedAs(withTo)]) : slip;
}

/** A command that was copied with the quotes or backticks around it. */
function wholeInQuotes({ words, operation }: Typed): string | undefined {
  const [only, ...others] = words;
  if (!only?.quoted || others.length > 0) return undefined;
  const inside = wordsOf(only.text);
  if ('openQuote' in inside) return undefined;
  const read = readWords(inside, operation);
  return 'command' in read && read.command.name !== 'ask' ? typedAs(inside) : undefined;
}

const isFirstWord = (text: string): boolean =>
  GRAMMAR.some(({ parts: [first] }) => first === text.toLowerCase());

/** Whole commands that differ by one keyword, or how one with another first word is typed. */
function corrections({ words, operation }: Typed): string[] {
  const found: string[] = [];
  for (const [index, word] of words.slice(0, WORDS_LOOKED_AT_MAX).entries()) {
    // A command that is whole in itself is no slip for another: `enroll` is none for `unenroll`.
    const isCommand = index === 0 && isFirstWord(word.text);
    if (word.quoted || isCommand) continue;
    const meant = ARROW.test(word.text) ? [TO.text] : nearest(word.text, KEYWORDS);
    for (const keyword of meant) {
      if (keyword === word.text.toLowerCase()) continue;
      const corrected = words.with(index, { text: keyword, quoted: false });
      const read = readWords(corrected, operation);
      if ('command' in read) found.push(typedAs(corrected));
      else if (index === 0) found.push(...usageIn(read.refused));
    }
  }
  return [...new Set(found)].slice(0, NEAREST_MAX);
}

/** What is no option may belong to the name before it. */
function quotedIn(words: readonly Word[], { code }: ProblemRecord): { typed?: string } {
  const typed = code === 'option-unknown' ? quotedRoute(words) : undefined;
  return typed === undefined ? {} : { typed };
}

function usageIn(refused: ProblemRecord | undefined): string[] {
  return refused?.code === 'command-incomplete' ? [String(refused.facts.usage)] : [];
}

/** `my vm to hv b limit 50MB/s` with its names in quotes. */
function quotedRoute(words: readonly Word[]): string | undefined {
  const [first] = words;
  const from = first && isKeyword(first, 'plan') ? 1 : 0;
  const to = words.findLastIndex((word) => isKeyword(word, 'to'));
  const vm = words.slice(from, to);
  const rest = words.slice(to + 1);
  if (to < 0 || vm.length === 0 || rest.length === 0) return undefined;
  const option = rest.findIndex((_, index) => index > 0 && optionAt(rest, index) !== undefined);
  const end = option < 0 ? rest.length : option;
  const corrected = [
    ...words.slice(0, from),
    quotedAs(vm),
    { text: 'to', quoted: false },
    quotedAs(rest.slice(0, end)),
    ...rest.slice(end),
  ];
  return readable(corrected);
}

/** `cancel my vm` and `delete copy my vm on my host` with their names in quotes. */
function quotedNames(words: readonly Word[], { parts }: Rule): string | undefined {
  const keywords = parts.findIndex((part) => !isKeywordPart(part));
  if (keywords < 0) return undefined;
  const between = parts.slice(keywords).find(isKeywordPart);
  const rest = words.slice(keywords);
  const at = between === undefined ? -1 : rest.findLastIndex((word) => isKeyword(word, between));
  const names = at < 0 ? [rest] : [rest.slice(0, at), rest.slice(at + 1)];
  // An amount belongs to no name: it is what is too much.
  if (rest.some(({ text }) => AMOUNT.test(text)) || names.some((name) => name.length === 0))
    return undefined;
  if (names.every((name) => name.length === 1)) return undefined;
  const [first = [], ...others] = names;
  const middle = rest.slice(at, at + 1);
  const quoted = [quotedAs(first), ...others.flatMap((name) => [...middle, quotedAs(name)])];
  return readable([...words.slice(0, keywords), ...quoted]);
}

function readable(words: readonly Word[]): string | undefined {
  return 'command' in readWords(words) ? typedAs(words) : undefined;
}

const quotedAs = (words: readonly Word[]): Word => ({
  text: words.map(({ text }) => text).join(' '),
  quoted: words.length > 1 || words[0]?.quoted === true,
});
