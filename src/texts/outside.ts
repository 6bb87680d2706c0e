/** The words outside of Slack, by language; views of Slack have `words.ts`. */

import { outside as english } from './en/outside.ts';
import { outside as italian } from './it/outside.ts';
import type { Language } from './words.ts';

export type OutsideWords = typeof english;

const ALL: Readonly<Record<Language, OutsideWords>> = { en: english, it: italian };

export const outsideIn = (language: Language): OutsideWords => ALL[language];
