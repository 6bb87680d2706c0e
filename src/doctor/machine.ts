/** The doctor's look at the machine that a process runs on: its Node, and the folder of its state. */

import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rm, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Finding } from '../domain/finding.ts';
import { NODE_WANTED } from '../version.ts';

/** `host`: the host's name, or `bot`. */
export interface Machine {
  readonly host: string;
  /** FERRY_STATE. */
  readonly state: string;
}

export async function machineFindings(machine: Machine): Promise<Finding[]> {
  return [nodeFinding(machine.host, process.versions.node), await stateFinding(machine)];
}

/** Parts of a version are compared as numbers: 24.9 is older than 24.12. */
export function nodeFinding(host: string, version: string): Finding {
  const facts = { host, version, wanted: NODE_WANTED };
  const [wanted, found] = [NODE_WANTED, version].map((text) => text.split('.').map(Number));
  const isEnough = firstDifference(found ?? [], wanted ?? []) >= 0;
  return isEnough
    ? { check: 'node', severity: 'ok', code: 'doctor-node-ok', facts }
    : { check: 'node', severity: 'blocker', code: 'doctor-node-old', facts };
}

function firstDifference(found: readonly number[], wanted: readonly number[]): number {
  const index = wanted.findIndex((part, at) => part !== (found[at] ?? 0));
  return index < 0 ? 0 : (found[index] ?? 0) - (wanted[index] ?? 0);
}

async function stateFinding({ host, state }: Machine): Promise<Finding> {
  const folder = resolve(state);
  const check = 'state';
  try {
    await writeAndRemove(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { host, folder, reason };
    return { check, severity: 'blocker', code: 'doctor-state-unwritable', facts };
  }
  const path = await realpath(folder);
  const { type } = await statfs(path);
  const disk = diskOf({ platform: process.platform, path, type });
  switch (disk.kind) {
    case 'local':
      return { check, severity: 'ok', code: 'doctor-state-ok', facts: { host, folder } };
    case 'remote': {
      const facts = { host, folder, fileSystem: disk.fileSystem };
      return { check, severity: 'blocker', code: 'doctor-state-remote', facts };
    }
    case 'fleeting': {
      const facts = { host, folder, fileSystem: disk.fileSystem };
      return { check, severity: 'blocker', code: 'doctor-state-fleeting', facts };
    }
    case 'unknown':
      return { check, severity: 'unknown', code: 'doctor-state-unknown', facts: { host, folder } };
  }
}

/** As the process does it: made when it is absent, written, and flushed. */
async function writeAndRemove(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `doctor-${randomUUID()}`);
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile('doctor');
    await file.sync();
  } finally {
    await rm(path, { force: true });
  }
}

export type Disk =
  | { readonly kind: 'local' | 'unknown' }
  /** `fleeting`: its content ends with the machine or the container. */
  | { readonly kind: 'remote' | 'fleeting'; readonly fileSystem: string };

/** `f_type` of statfs(2), from linux/magic.h and the manual page. */
const LOCAL = [0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0xca451a4e];
const REMOTE: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  16914839: '9P',
  12805120: 'Ceph',
  1397113167: 'AFS',
  198183888: 'Lustre',
};
const FLEETING: Readonly<Record<number, string>> = {
  16914836: 'tmpfs',
  2240043254: 'ramfs',
  2035054128: 'overlay',
};

/**
 * Whether a folder stays, and with this machine. FUSE and whatever is not listed may be either.
 * @param path without links: on Windows Node turns a mapped drive into `\\server\share` there
 */
export function diskOf({
  platform,
  path,
  type,
}: {
  platform: NodeJS.Platform;
  path: string;
  type: number;
}): Disk {
  if (platform === 'win32') {
    const isShare = path.startsWith('\\\\') && !path.startsWith('\\\\?\\');
    return isShare ? { kind: 'remote', fileSystem: 'SMB' } : { kind: 'local' };
  }
  if (platform !== 'linux') return { kind: 'unknown' };
  // Some kernels sign-extend it.
  const magic = Number(BigInt.asUintN(32, BigInt(type)));
  const [remote, fleeting] = [REMOTE[magic], FLEETING[magic]];
  if (remote) return { kind: 'remote', fileSystem: remote };
  if (fleeting) return { kind: 'fleeting', fileSystem: fleeting };
  return { kind: LOCAL.includes(magic) ? 'local' : 'unknown' };
}
