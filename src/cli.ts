/** `ferry …`: every process and every command begins here. It wires, and decides nothing. */

import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { auditCommand } from './cli/audit.ts';
import { diskCommand } from './cli/disk.ts';
import { doctorCommand, healthCommand } from './cli/doctor.ts';
import { migrationCommand } from './cli/migration.ts';
import { botCommand, workerCommand } from './cli/processes.ts';
import { reporting } from './cli/reporting.ts';
import { withUsage } from './cli/usage.ts';
import { Problem } from './domain/problem.ts';

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
  })
  .addCommand(botCommand())
  .addCommand(workerCommand())
  .addCommand(migrationCommand())
  .addCommand(auditCommand())
  .addCommand(doctorCommand())
  .addCommand(healthCommand())
  .addCommand(diskCommand());

// The package for a worker's host leaves the lab out.
if (existsSync(new URL('cli/lab.ts', import.meta.url))) {
  const { labCommand } = await import('./cli/lab.ts');
  program.addCommand(labCommand());
}

await reporting(async () => {
  await withUsage(program).parseAsync();
});

/** @throws {Problem} env-file-unreadable {file, reason} */
function readEnvironment(file: string): void {
  try {
    process.loadEnvFile(file);
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
    throw new Problem('env-file-unreadable', { file, reason }, { cause });
  }
}
