/** Guest processes as the operating system lists them, whatever `vm.json` says. */

import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isRunning } from './control.ts';
import { type Place, pidFile } from './layout.ts';
import { hostNames, vmIds } from './state.ts';

export interface GuestProcess extends Place {
  readonly pid: number;
}

/**
 * The guests of a lab. On Linux from `/proc`; elsewhere from the pid files of those that answer on
 * their control socket (Windows shows a command line only to slow or privileged callers).
 */
export async function guestProcesses(dir: string): Promise<GuestProcess[]> {
  return process.platform === 'linux' ? listed(resolve(dir)) : answering(resolve(dir));
}

async function listed(dir: string): Promise<GuestProcess[]> {
  const guests: GuestProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const guest = guestOf(await commandLine(name));
    if (guest?.dir === dir) guests.push({ ...guest, pid: Number(name) });
  }
  return guests;
}

/** Empty for a process that is gone or only waits to be reaped. */
async function commandLine(pid: string): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return [];
    throw error;
  }
}

function guestOf(words: readonly string[]): Place | undefined {
  if (!words.some((word) => word.endsWith('guest-main.ts'))) return undefined;
  const after = (option: string) => words[words.indexOf(option) + 1] ?? '';
  return { dir: after('--lab'), host: after('--host'), vmId: after('--vm') };
}

async function answering(dir: string): Promise<GuestProcess[]> {
  const guests: GuestProcess[] = [];
  for (const host of await hostNames(dir)) {
    for (const vmId of await vmIds(dir, host)) {
      const place = { dir, host, vmId };
      if (!(await isRunning(place))) continue;
      guests.push({ ...place, pid: Number(await readFile(pidFile(place), 'utf8')) });
    }
  }
  return guests;
}
