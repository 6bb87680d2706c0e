/** Where everything of a lab lies: folders, files, and the names of its locks and control sockets. */

import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { exists, FENCED } from '../files.ts';

/** One VM on one host of one lab. */
export interface Place {
  readonly dir: string;
  readonly host: string;
  readonly vmId: string;
}

export const labFile = (dir: string): string => join(dir, 'lab.json');
export const witnessFile = (dir: string): string => join(dir, 'witness.json');
export const compileCache = (dir: string): string => join(dir, 'compile-cache');
export const hostsFolder = (dir: string): string => join(dir, 'hosts');
export const hostFolder = (dir: string, host: string): string => join(hostsFolder(dir), host);
export const hostFile = (dir: string, host: string): string =>
  join(hostFolder(dir, host), 'host.json');
export const vmsFolder = (dir: string, host: string): string => join(hostFolder(dir, host), 'vms');
/** Outlives the VM's registration: it also keeps the epochs seen. */
export const vmFolder = ({ dir, host, vmId }: Place): string => join(vmsFolder(dir, host), vmId);
/** The registration: without this file the VM is not registered. */
export const vmFile = (place: Place): string => join(vmFolder(place), 'vm.json');
/** A registration on its way out, until its disks have their names back. */
export const unregisteredFile = (place: Place): string =>
  join(vmFolder(place), 'vm.unregistered.json');
export const epochFile = (place: Place): string => join(vmFolder(place), 'epoch.json');
export const pidFile = (place: Place): string => join(vmFolder(place), 'guest.pid');
export const guestLog = (place: Place): string => join(vmFolder(place), 'guest.log');

/**
 * The local address of a VM's lock or control socket. The system takes it back when its holder dies:
 * an abstract Unix socket on Linux, a named pipe on Windows. Other systems have no such thing.
 * A digest, because a socket's name is limited to 107 bytes.
 */
export function address(kind: 'control' | 'job' | 'mutex', place: Place): string {
  const { dir, host, vmId } = place;
  const digest = createHash('sha256').update(JSON.stringify([kind, resolve(dir), host, vmId]));
  const name = `ferry-lab-${kind}-${digest.digest('hex').slice(0, 32)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : `\0${name}`;
}

/** The file that holds a disk's leaf now: its own name, or the fenced one. */
export async function leafFile(path: string): Promise<string> {
  return !(await exists(path)) && (await exists(path + FENCED)) ? path + FENCED : path;
}
