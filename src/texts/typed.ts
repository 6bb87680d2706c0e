/** What people type on a command line, the same in every language. */

import type { Plan } from '../domain/plan.ts';
import type { Fact } from '../domain/problem.ts';
import { quoted } from './powershell.ts';

/** `environment` is HOST.env on a host and bot.env on the bot's machine. */
export const migrationLine = (
  command: string,
  operation: Fact | undefined = 'ID',
  environment = 'HOST.env',
): string => `npm run -s ferry -- --env ${environment} migration ${command} ${operation}`;

/** Where a VM is, its moves, what is planned of it, and its disks: by Windows' own commands. */
export function lookingCommands({
  vm,
  source,
  target,
}: Pick<Plan, 'vm' | 'source' | 'target'>): string[] {
  const [id, both] = [quoted(vm.id), quoted([source, target])];
  const cim = 'Get-CimInstance -Namespace root\\virtualization\\v2';
  const vms = `Get-VM -ComputerName ${both} | Where-Object Id -eq ${id}`;
  return [
    `${vms} | Format-List ComputerName,Name,State,Status,Path`,
    `${cim} -ComputerName ${both} -ClassName Msvm_MigrationJob | Where-Object VirtualSystemName -eq ${id} | Format-List PSComputerName,DestinationHost,JobState,PercentComplete`,
    `${cim} -ComputerName ${quoted(target)} -ClassName Msvm_PlannedComputerSystem | Where-Object Name -eq ${id}`,
    `${vms} | Get-VMHardDiskDrive | ForEach-Object { Get-VHD -ComputerName $_.ComputerName -Path $_.Path }`,
  ];
}
