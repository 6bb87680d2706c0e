/** What commands say, in the language of whoever types them. */

import type { ProblemRecord } from '../domain/problem.ts';
import { type Text, textsIn } from '../texts/catalogue.ts';
import { type OutsideWords, outsideIn } from '../texts/outside.ts';
import { type Language, languageOf } from '../texts/words.ts';

/**
 * Of `LOCALE`. Not by the configuration: a command must also be able to tell what is wrong with
 * that.
 */
const language = (): Language => languageOf(process.env.LOCALE) ?? 'en';

/** The words for a problem. */
export const textOf = (problem: ProblemRecord): Text => textsIn(language())(problem);

/** What the commands themselves say. */
export const said = (): OutsideWords['cli'] => outsideIn(language()).cli;
