/** What was asked for on the command line. It wires, and decides nothing. */

import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { Problem } from '../domain/problem.ts';
import { reporting } from './reporting.ts';
import { withUsage } from './usage.ts';

/** Each loads its own part of Ferry, so only what is asked for is loaded. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  bot: async () => (await import('./processes.ts')).botCommand(),
  worker: async () => (await import('./processes.ts')).workerCommand(),
  migration: async () => (await import('./migration.ts')).migrationCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  health: async () => (await import('./doctor.ts')).healthCommand(),
  disk: async () => (await import('./disk.ts')).diskCommand(),
  stream: async () => (await import('./stream.ts')).streamCommand(),
  // The package for a worker's host leaves the lab out.
  ...(existsSync(new URL('lab.ts', import.meta.url)) && {
    lab: async () => (await import('./lab.ts')).labCommand(),
  }),
};

const program = new Command('ferry')
  .description('moves Hyper-V virtual machines between hosts that share nothing')
  .option('--env <file>', 'read the environment from this file first')
  .addHelpText(
    'after',
    `
Most commands need the environment of the bot or of a host's worker: --env bot.env, or --env HOST.env.
In the lab these are .lab/bot.env, .lab/hv-a.env and .lab/hv-b.env, while the lab runs.
Exit codes: 0 done; 2 a problem, told on stderr; 1 only where a command's help says so.`,
  )
  .hook('preAction', (command) => {
    const file: unknown = command.opts().env;
    if (typeof file === 'string') readEnvironment(file);
  });

/** `words`: what stands behind the program's name. */
export async function runCommand(words: readonly string[]): Promise<void> {
  const asked = words.find((word, at) => !word.startsWith('-') && words[at - 1] !== '--env');
  const load = asked === undefined ? undefined : COMMANDS[asked];
  // Without one that is known there is help, which names them all.
  for (const each of load ? [load] : Object.values(COMMANDS)) program.addCommand(await each());

  await reporting(async () => {
    await withUsage(program).parseAsync(words, { from: 'user' });
  });
}

/** @throws {Problem} env-file-unreadable {file, reason} */
function readEnvironment(file: string): void {
  try {
    process.loadEnvFile(file);
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
    throw new Problem('env-file-unreadable', { file, reason }, { cause });
  }
}
