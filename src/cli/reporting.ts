/** How every command ends: a problem is told on stderr with its way out. Bugs go on as they are. */

import { Problem, type ProblemRecord } from '../domain/problem.ts';
import { type Text, textsIn } from '../texts/catalogue.ts';
import { languageOf } from '../texts/words.ts';

/**
 * The words for a problem in the language of `LOCALE`. Not by the configuration: a command must
 * also be able to tell what is wrong with that.
 */
export const textOf = (problem: ProblemRecord): Text =>
  textsIn(languageOf(process.env.LOCALE) ?? 'en')(problem);

/** Runs a command's action; `exitCode` is set when it ends with a problem. */
export async function reporting(act: () => Promise<void>, exitCode = 2): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { text, remedy } = textOf(error);
    process.stderr.write(`${text}\n${remedy}\n`);
    process.exitCode = exitCode;
  }
}

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
