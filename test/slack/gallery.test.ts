/** All that people can be shown, in every language: taken by Slack whole, and the same in meaning. */

import { describe, expect, it } from '@jest/globals';
import { contentOf } from '../../src/lab/slack/message-rules.ts';
import { viewOf as slackView } from '../../src/lab/slack/view-rules.ts';
import { LANGUAGES, type Language, wordsIn } from '../../src/texts/words.ts';
import { galleryIn, isForm, stringsIn } from './gallery.ts';

/** What is read; everything else decides what a click means. */
const isRead = (path: string): boolean => /\.(text|accessibility_label)$/.test(path);

/** Names, ids, commands and figures: what must be told alike in every language. */
const FACTS =
  /dc02|sql01|hv-[a-e]|\bm\d+\b|<[@#!][^>]*>|\/migrate|FERRY_[A-Z]+|\d+(?:[.,]\d+)?(?: ?[KMGT]i?B)?/g;
const factsIn = (text: string): string[] =>
  (text.match(FACTS) ?? []).map((fact) => fact.replace(',', '.')).toSorted();

/** Lines that are the same in every language: names, mentions, plots, and words that both have. */
const ALIKE = /^(• (volume|VM): .*|<[@!].*|\*?m1\*?|hv-[a-e]|form|[^a-z]*)$/;

/** The dots of an unfinished sentence stand alone. */
const isCut = (text: string): boolean => /\S…/.test(text);

describe.each(LANGUAGES)('all that is shown in %s', (language) => {
  it('is taken by Slack', async () => {
    for (const shown of (await galleryIn(wordsIn(language))).values()) {
      if (isForm(shown)) slackView(shown, 'modal');
      else contentOf({ text: shown.text, blocks: shown.blocks });
    }
  });

  it('has labels that fit whole, and no hole in a sentence', async () => {
    for (const [name, shown] of await galleryIn(wordsIn(language))) {
      for (const [path, text] of stringsIn(shown)) {
        if (!isRead(path)) continue;
        const place = `${name}${path}: ${text}`;
        expect(place).not.toMatch(/undefined|NaN|\[object|\bnull\b/);
        // More findings than fit, and folders of any length, are meant to be cut.
        if (!name.includes('findings')) expect([place, isCut(text)]).toEqual([place, false]);
      }
    }
  });

  it('has the ids and values of English, and tells the same facts', async () => {
    for (const [name, path, text, wanted] of await beside(language)) {
      if (isCut(text) || isCut(wanted)) continue;
      const told = isRead(path) ? factsIn : (one: string) => one;
      expect([name, path, text, told(text)]).toEqual([name, path, text, told(wanted)]);
    }
  });
});

describe.each(LANGUAGES.filter((one) => one !== 'en'))(
  'nothing that is shown in %s',
  (language) => {
    it('is left in English', async () => {
      const all = (await beside(language)).filter(([, path]) => isRead(path));
      const english = new Set(all.flatMap(([, , , wanted]) => wanted.split('\n')));
      const left = all
        .flatMap(([, , text]) => text.split('\n'))
        .filter((line) => english.has(line));
      expect(left.filter((line) => !ALIKE.test(line))).toEqual([]);
      expect(all.length).toBeGreaterThan(1000);
    });
  },
);

/** Each string of the gallery beside the English one in the same place. */
async function beside(
  language: Language,
): Promise<[name: string, path: string, text: string, english: string][]> {
  const [gallery, english] = await Promise.all(
    [language, 'en' as const].map((one) => galleryIn(wordsIn(one))),
  );
  expect([...(gallery?.keys() ?? [])]).toEqual([...(english?.keys() ?? [])]);
  return [...(gallery ?? [])].flatMap(([name, shown]) => {
    const [own, pattern] = [stringsIn(shown), stringsIn(english?.get(name))];
    expect(own.map(([path]) => path)).toEqual(pattern.map(([path]) => path));
    return own.map(([path, text], at): [string, string, string, string] => [
      name,
      path,
      text,
      pattern[at]?.[1] ?? '',
    ]);
  });
}
