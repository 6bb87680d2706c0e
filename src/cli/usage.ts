/** How every command answers what is typed wrong: with a hint, and with an exit code of its own. */

import type { Command } from 'commander';

/** Not 1, by which commands answer: `disk compare` with "different", `doctor` with "not well". */
const EXIT_MISTYPED = 2;
const HINT = 'Add --help to see what can be typed.';

/** For this command and all below it. */
export function withUsage(command: Command): Command {
  command.showHelpAfterError(HINT).exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : EXIT_MISTYPED);
  });
  for (const below of command.commands) withUsage(below);
  return command;
}
