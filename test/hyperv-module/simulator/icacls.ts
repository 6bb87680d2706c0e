/** `icacls.exe`, as far as it is asked about the files of VMs: facts D.6. */

import { z } from 'zod';
import { exists } from '../../../src/hosts/files.ts';
import type { World } from './world.ts';

export const icaclsSchema = z.object({ host: z.string(), args: z.array(z.string()) });

export interface Printed {
  readonly code: number;
  readonly text: string;
}

/** ERROR_FILE_NOT_FOUND, ERROR_INVALID_PARAMETER and ERROR_NONE_MAPPED, which are its exit codes. */
const CODES = { missing: 2, parameter: 87, noAccount: 1332 } as const;

/** `icacls FILE [/grant ACCOUNT:(F)]`; switches that only change what is printed are let pass. */
export async function icacls(
  world: World,
  { host, args }: z.infer<typeof icaclsSchema>,
): Promise<Printed> {
  const [file = '', ...rest] = args;
  const path = world.real(file);
  if (!world.isOwn(host, path) || !(await exists(path)))
    return failed(CODES.missing, `${file}: The system cannot find the file specified.`);
  const at = rest.findIndex((each) => /^\/grant(:r)?$/i.test(each));
  if (at < 0) return { code: 0, text: await listed(world, { host, file, path }) };
  const [, account = '', rights = ''] = /^(.+):\(?([A-Z,]+)\)?$/i.exec(rest[at + 1] ?? '') ?? [];
  if (account === '') return failed(CODES.parameter, `Invalid parameter "${rest[at + 1] ?? ''}"`);
  const vmId = await vmBehind(world, host, account);
  if (vmId === undefined)
    return failed(
      CODES.noAccount,
      `${account}: No mapping between account names and security IDs was done.`,
    );
  // Reading alone starts no VM.
  if (/F|M|W/i.test(rights)) await world.attachments.grant(vmId, path);
  return { code: 0, text: `processed file: ${file}\n${summary(1, 0)}` };
}

async function listed(
  world: World,
  { host, file, path }: { host: string; file: string; path: string },
): Promise<string> {
  const lines = ['NT AUTHORITY\\SYSTEM:(F)', 'BUILTIN\\Administrators:(F)'];
  for (const { lab } of await world.vms(host)) {
    const isOwn = lab.disks.some((disk) => world.real(disk.path) === path);
    if (isOwn && (await world.attachments.mayOpen(lab.id, path)))
      lines.unshift(`NT VIRTUAL MACHINE\\${lab.id.toUpperCase()}:(R,W)`);
  }
  return `${lines.map((line, index) => (index === 0 ? `${file} ${line}` : `    ${line}`)).join('\n')}\n\n${summary(1, 0)}`;
}

const failed = (code: number, line: string): Printed => ({
  code,
  text: `${line}\n${summary(0, 1)}`,
});

const summary = (well: number, ill: number): string =>
  `Successfully processed ${well} files; Failed processing ${ill} files\n`;

/**
 * A SID is one wherever it is written; the name is known only where the VM is: registered, or planned.
 */
async function vmBehind(world: World, host: string, account: string): Promise<string | undefined> {
  const [, byName] = /^NT VIRTUAL MACHINE\\([\da-f-]{36})$/i.exec(account) ?? [];
  if (byName !== undefined) return (await world.vmOrPlanned(host, byName))?.lab.id;
  const [, first, second, third, fourth] =
    /^\*?S-1-5-83-1-(\d+)-(\d+)-(\d+)-(\d+)$/i.exec(account) ?? [];
  if (first === undefined) return undefined;
  return idOfSid([first, second, third, fourth].map(Number));
}

/** The four numbers of a VM's SID are its Id's 16 bytes, as Windows keeps a GUID in memory. */
function idOfSid(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(16);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  const part = (from: number, to: number) => bytes.subarray(from, to);
  const swapped = (from: number, to: number) => Buffer.from(part(from, to)).reverse();
  return [
    swapped(0, 4).toString('hex'),
    swapped(4, 6).toString('hex'),
    swapped(6, 8).toString('hex'),
    part(8, 10).toString('hex'),
    part(10, 16).toString('hex'),
  ].join('-');
}
