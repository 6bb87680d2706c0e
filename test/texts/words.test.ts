import { describe, expect, it } from '@jest/globals';
import { LANGUAGES, type Words, wordsIn } from '../../src/texts/words.ts';
import { galleryIn } from '../slack/gallery.ts';

const MARK = /§\d+§/g;

type Tree = Readonly<Record<string, unknown>>;

/** What people read: not the name of the language, and not the catalogue of problems. */
function saidIn({ language: _, textOf: __, ...said }: Words): Tree {
  return said;
}

/** By its path, the kind of each word and how many facts it takes. */
function leavesOf(value: unknown, path: readonly string[] = []): Map<string, string> {
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => leavesOf(part, [...path, key]));
    return new Map(parts.flatMap((part) => [...part]));
  }
  const kind = typeof value === 'function' ? `function of ${value.length}` : typeof value;
  return new Map([[path.join('.'), kind]]);
}

/** The same words, each replaced by a short mark: where it is shown, the mark is. */
function marked(value: unknown, path: readonly string[], marks: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((part, at) => marked(part, [...path, `${at}`], marks));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, marked(part, [...path, key], marks)]),
    );
  }
  const mark = `§${marks.size}§`;
  marks.set(mark, path.join('.'));
  if (typeof value !== 'function') return mark;
  // A word may be shown inside of another.
  return (...facts: unknown[]) => [mark, ...(JSON.stringify(facts).match(MARK) ?? [])].join('');
}

describe.each(LANGUAGES)('the words in %s', (language) => {
  it('are those of English, each with as many facts', () => {
    const english = leavesOf(saidIn(wordsIn('en')));
    expect(english.size).toBeGreaterThan(250);
    expect(wordsIn(language).language).toBe(language);
    expect(leavesOf(saidIn(wordsIn(language)))).toEqual(english);
  });
});

describe('every word', () => {
  it('is shown somewhere: none is left over', async () => {
    const marks = new Map<string, string>();
    const words = { ...wordsIn('en'), ...(marked(saidIn(wordsIn('en')), [], marks) as Tree) };
    const gallery = await galleryIn(words as unknown as Words);
    const seen = new Set(JSON.stringify([...gallery.values()]).match(MARK));
    const unused = [...marks].filter(([mark]) => !seen.has(mark)).map(([, path]) => path);
    expect(unused).toEqual([]);
  });
});
