/** One catalogue per language: findings, problems and alerts by code. Words live here alone. */

import type { Facts, ProblemRecord } from '../domain/problem.ts';
import { english } from './en/catalogue.ts';
import { unknownCode as unknownInEnglish } from './en/problems.ts';
import { italian } from './it/catalogue.ts';
import { unknownCode as unknownInItalian } from './it/problems.ts';
import type { Language } from './words.ts';

/** What, where, which value; and what to do next. Plain, short sentences. */
export interface Text {
  readonly text: string;
  readonly remedy: string;
}

export type TextOf = (facts: Facts) => Text;

interface Catalogue {
  readonly entries: Readonly<Record<keyof typeof english, TextOf>>;
  readonly unknown: (code: string, facts: Facts) => Text;
}

const ALL: Readonly<Record<Language, Catalogue>> = {
  en: { entries: english, unknown: unknownInEnglish },
  it: { entries: italian, unknown: unknownInItalian },
};

/** The words for a problem or finding. An unknown code is shown as it is: never an exception. */
export const textsIn =
  (language: Language) =>
  ({ code, facts }: ProblemRecord): Text => {
    const { entries, unknown } = ALL[language];
    return isCode(code) ? entries[code](facts) : unknown(code, facts);
  };

export const textOf = textsIn('en');

export const catalogueCodes = (): string[] => Object.keys(english);

/** A code comes from journals and peers: `toString` is none of ours. */
const isCode = (code: string): code is keyof typeof english => Object.hasOwn(english, code);
