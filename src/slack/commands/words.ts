/**
 * From the text of a command to its words. Quotes of any keyboard hold words together; Slack's
 * markup stays the plain text that it is. Nothing here can fail but an open quote.
 */

/** Longer than any real command: three names of at most 100 characters, options and quotes. */
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

/** A name as it must be typed, so that it is read as this one name and as no keyword. */
export function asTyped(name: string, isKeyword: (word: string) => boolean): string {
  const isPlain = !/[\s"“”„‟«»'‘’‚‛‹›`]/.test(name) && !isKeyword(name.toLowerCase());
  if (isPlain) return name;
  const quote = FAMILIES.map((family) => family.charAt(0)).find((mark) => {
    const words = wordsOf(`${mark}${name}${mark}`);
    return !('openQuote' in words) && words.length === 1 && words[0]?.text === name;
  });
  return quote === undefined ? name : `${quote}${name}${quote}`;
}

/**
 * What the person typed. Slack escapes three characters, turns `hv-b.local` into a link whose label
 * is what was typed, and `@anna` or `#office` into ids with names. Ids without a name stay as they
 * came: text, to be shown escaped and never obeyed.
 */
export function typedText(text: string): string {
  return text
    .replace(/<(?:https?:|mailto:)[^<>|]*\|([^<>|]*)>/g, '$1')
    .replace(/<([@#])[A-Z0-9-]+\|([^<>|]+)>/g, '$1$2')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
