/**
 * From the text of a command to its words. Quotes of any keyboard hold words together; Slack's
 * markup stays the plain text that it is. Nothing here can fail but an open quote.
 */

/** Longer than any real command: two names of at most 100 characters, a code and quotes. */
export const COMMAND_CHARS_MAX = 400;

export interface Word {
  readonly text: string;
  /** A quoted word is a name, never a keyword. */
  readonly quoted: boolean;
}

/** A quote is closed by any quote of its family: phones mix the shapes. */
const FAMILIES = ['"“”„‟«»', "'‘’‚‛‹›", '`'] as const;

/** The words of a command, or the name that begins at a quote that nothing closes. */
export function wordsOf(text: string): readonly Word[] | { readonly openQuote: string } {
  const words: Word[] = [];
  let rest = text.trimStart();
  // Each turn takes at least one character, so the text's length bounds the loop.
  while (rest !== '') {
    const family = FAMILIES.find((quotes) => quotes.includes(rest.charAt(0)));
    const end = family ? closingQuote(rest, family) : unquotedEnd(rest);
    if (end < 0) return { openQuote: rest };
    words.push(
      family
        ? { text: rest.slice(1, end), quoted: true }
        : { text: rest.slice(0, end), quoted: false },
    );
    rest = rest.slice(family ? end + 1 : end).trimStart();
  }
  return words;
}

function unquotedEnd(text: string): number {
  const end = text.search(/\s/);
  return end < 0 ? text.length : end;
}

/** The first quote of the family that ends a word: the one in `'bob's pc'` does not. */
function closingQuote(text: string, family: string): number {
  for (let index = 1; index < text.length; index += 1) {
    const next = text.charAt(index + 1);
    if (family.includes(text.charAt(index)) && (next === '' || /\s/.test(next))) return index;
  }
  return -1;
}

/**
 * What the person typed. Slack escapes three characters, and turns `hv-b.local` into a link whose
 * label is what was typed. Mentions stay as they came: text, to be shown escaped and never obeyed.
 */
export function typedText(text: string): string {
  return text
    .replace(/<(?:https?:|mailto:)[^<>|]*\|([^<>|]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
