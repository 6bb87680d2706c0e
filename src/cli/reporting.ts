/** How every command ends: a problem is told on stderr with its way out. Bugs go on as they are. */

import { Problem } from '../domain/problem.ts';

/** Runs a command's action; `exitCode` is set when it ends with a problem. */
export async function reporting(
  act: () => Promise<void>,
  exitCode: number | ((problem: Problem) => number) = 2,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // All words of two languages: most commands need none of them.
    const { textOf } = await import('./words.ts');
    const { text, remedy } = textOf(error);
    process.stderr.write(`${text}\n${remedy}\n`);
    process.exitCode = typeof exitCode === 'number' ? exitCode : exitCode(error);
  }
}

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
