/** All that can be typed after `/migrate` or a mention: parser and help come from this one table. */

import type { ProblemRecord } from '../../domain/problem.ts';
import { COMMAND_CHARS_MAX, typedText, type Word, wordsOf } from './words.ts';

export type Command =
  | { readonly name: 'migrate'; readonly vm: string; readonly host: string }
  | { readonly name: 'enroll'; readonly host: string; readonly code: string }
  | { readonly name: 'status'; readonly vm?: string }
  | { readonly name: 'cancel'; readonly vm: string }
  | { readonly name: 'hosts' }
  | { readonly name: 'help'; readonly command?: string };

export type CommandName = Command['name'];

/** Who may type it: anyone, those who have any role, or operators. */
export type Audience = 'anyone' | 'operator or approver' | 'operator';

/** `enroll` is typed as it is; `<vm>` is a name; `[vm]` may be missing; `<code…>` takes the rest. */
type Part = string;

interface Rule {
  readonly name: CommandName;
  readonly parts: readonly Part[];
  readonly for: Audience;
  readonly make: (values: ReadonlyMap<string, string>) => Command;
}

const valueIn = (values: ReadonlyMap<string, string>, name: string): string =>
  values.get(name) ?? '';

/** Keywords come before `<vm> to <host>`, so a VM called "status" can still be moved. */
export const GRAMMAR: readonly Rule[] = [
  {
    name: 'enroll',
    parts: ['enroll', '<host>', '<code…>'],
    for: 'operator',
    make: (values) => ({
      name: 'enroll',
      host: valueIn(values, 'host'),
      code: valueIn(values, 'code'),
    }),
  },
  {
    name: 'status',
    parts: ['status', '[vm]'],
    for: 'operator or approver',
    make: (values) => {
      const vm = values.get('vm');
      return vm === undefined ? { name: 'status' } : { name: 'status', vm };
    },
  },
  {
    name: 'cancel',
    parts: ['cancel', '<vm>'],
    for: 'operator or approver',
    make: (values) => ({ name: 'cancel', vm: valueIn(values, 'vm') }),
  },
  {
    name: 'hosts',
    parts: ['hosts'],
    for: 'operator or approver',
    make: () => ({ name: 'hosts' }),
  },
  {
    name: 'help',
    parts: ['help', '[command]'],
    for: 'anyone',
    make: (values) => {
      const command = values.get('command');
      return command === undefined ? { name: 'help' } : { name: 'help', command };
    },
  },
  {
    name: 'migrate',
    parts: ['<vm>', 'to', '<host>'],
    for: 'operator',
    make: (values) => ({
      name: 'migrate',
      vm: valueIn(values, 'vm'),
      host: valueIn(values, 'host'),
    }),
  },
];

/** As it is typed after `/migrate`, for example `<vm> to <host>`. */
export const usageOf = (rule: Rule): string => rule.parts.join(' ').replace('…', '');

export const ruleOf = (name: string): Rule | undefined =>
  GRAMMAR.find((rule) => rule.name === name.toLowerCase());

export type Parsed = { readonly command: Command } | { readonly problem: ProblemRecord };

/** What a person asks for, or what is wrong with how it was asked. Never throws. */
export function parseCommand(text: string): Parsed {
  const typed = typedText(text);
  if (typed.length > COMMAND_CHARS_MAX) {
    return problem('command-too-long', {
      characters: typed.length,
      charactersMax: COMMAND_CHARS_MAX,
    });
  }
  const words = wordsOf(typed);
  if ('openQuote' in words) return problem('command-quote-open', { text: words.openQuote });
  if (words.length === 0) return problem('command-empty', {});
  if (words.some((word) => word.text.trim() === '')) return problem('command-name-empty', {});
  for (const rule of GRAMMAR) {
    const values = match(rule.parts, words);
    if (values) return { command: rule.make(values) };
  }
  return { problem: whatIsWrong(words, typed) };
}

function match(
  parts: readonly Part[],
  words: readonly Word[],
): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>();
  let at = 0;
  for (const part of parts) {
    const name = part.replace(/[<>[\]…]/g, '');
    const word = words[at];
    if (name === part) {
      if (!word || !isKeyword(word, part)) return undefined;
    } else if (part.includes('…')) {
      const rest = words.slice(at);
      if (rest.length === 0) return undefined;
      values.set(name, rest.map((one) => one.text).join(''));
      at = words.length;
      continue;
    } else if (word) {
      values.set(name, word.text);
    } else if (!part.startsWith('[')) {
      return undefined;
    }
    at += 1;
  }
  return at < words.length ? undefined : values;
}

const isKeyword = (word: Word, keyword: string): boolean =>
  !word.quoted && word.text.toLowerCase() === keyword;

/** The most likely slip, so that the answer can say what to type instead. */
function whatIsWrong(words: readonly Word[], typed: string): ProblemRecord {
  const [first] = words;
  const rule = GRAMMAR.find((one) => first && isKeyword(first, one.parts[0] ?? ''));
  const to = words.findLastIndex((word) => isKeyword(word, 'to'));
  if (to > 0 && to < words.length - 1) {
    const nameOf = (some: readonly Word[]) => some.map((word) => word.text).join(' ');
    const facts = { vm: nameOf(words.slice(0, to)), host: nameOf(words.slice(to + 1)) };
    return { code: 'command-quotes-needed', facts };
  }
  if (rule) return { code: 'command-incomplete', facts: { usage: usageOf(rule) } };
  return { code: 'command-unknown', facts: { text: typed.trim() } };
}

const problem = (code: string, facts: ProblemRecord['facts']): Parsed => ({
  problem: { code, facts },
});
