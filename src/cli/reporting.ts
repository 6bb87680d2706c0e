/** How every command ends: a problem is told on stderr with its way out. Bugs go on as they are. */

import { Problem, type ProblemRecord } from '../domain/problem.ts';
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

/** Runs a command's action; `exitCode` is set when it ends with a problem. */
export async function reporting(
  act: () => Promise<void>,
  exitCode: number | ((problem: Problem) => number) = 2,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { text, remedy } = textOf(error);
    process.stderr.write(`${text}\n${remedy}\n`);
    process.exitCode = typeof exitCode === 'number' ? exitCode : exitCode(error);
  }
}

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
