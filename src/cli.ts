/** `ferry …`: every process and every command begins here. It wires, and decides nothing. */

import { Command } from 'commander';
import { auditCommand } from './cli/audit.ts';
import { diskCommand } from './cli/disk.ts';
import { doctorCommand, healthCommand } from './cli/doctor.ts';
import { labCommand } from './cli/lab.ts';
import { migrationCommand } from './cli/migration.ts';
import { botCommand, workerCommand } from './cli/processes.ts';
import { reporting } from './cli/reporting.ts';
import { Problem } from './domain/problem.ts';

const program = new Command('ferry')
  .description('moves Hyper-V virtual machines between hosts that share nothing')
  .option('--env <file>', 'read the environment from this file first')
  .hook('preAction', (command) => {
    const file: unknown = command.opts().env;
    if (typeof file === 'string') readEnvironment(file);
  })
  .addCommand(botCommand())
  .addCommand(workerCommand())
  .addCommand(labCommand())
  .addCommand(migrationCommand())
  .addCommand(auditCommand())
  .addCommand(doctorCommand())
  .addCommand(healthCommand())
  .addCommand(diskCommand());

await reporting(async () => {
  await program.parseAsync();
});

/** @throws {Problem} env-file-unreadable {file, reason} */
function readEnvironment(file: string): void {
  try {
    process.loadEnvFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('env-file-unreadable', { file, reason }, { cause });
  }
}
