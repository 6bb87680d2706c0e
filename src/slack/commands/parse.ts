/** From typed text to a command, or to what is wrong with it. Never throws. */

import type { Facts, ProblemRecord } from '../../domain/problem.ts';
import { readWords, type Understood } from './read-words.ts';
import { slipIn } from './slips.ts';
import { COMMAND_CHARS_MAX, typedText, wordsOf } from './words.ts';

export type Parsed = Understood | { readonly problem: ProblemRecord };

/** `operation`: whose thread this is typed in; it is meant where its VM is left out. */
export function parseCommand(text: string, operation?: string): Parsed {
  const typed = typedText(text);
  if (typed.length > COMMAND_CHARS_MAX) {
    const facts = { characters: typed.length, charactersMax: COMMAND_CHARS_MAX };
    return problem('command-too-long', facts);
  }
  const words = wordsOf(typed);
  if ('openQuote' in words) return problem('command-quote-open', { text: words.openQuote });
  if (words.some((word) => word.text.trim() === '')) return problem('command-name-empty', {});
  const read = readWords(words, operation);
  return 'refused' in read ? { problem: slipIn({ words, operation }, read.refused) } : read;
}

const problem = (code: string, facts: Facts): Parsed => ({ problem: { code, facts } });
