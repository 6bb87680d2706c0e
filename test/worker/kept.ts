/** Committed copies in folders of their own, as a receiver leaves them. */

import { join } from 'node:path';
import { ferryFolder } from '../../src/preflight/copy-paths.ts';
import { createCopy } from '../../src/stream/copy-store.ts';

const MIB = 1024 * 1024;
export const COMMITTED_AT = 1_700_000_000_000;

export interface KeptOptions {
  readonly volume: string;
  readonly folder?: string;
  readonly vm?: { readonly id: string; readonly name: string };
  readonly operation?: string;
  readonly round?: number;
}

/** Writes a copy with one small disk; resolves to its folder. */
export async function keepCopy(options: KeptOptions): Promise<string> {
  const { volume, folder = 'dc02-d5b1', operation = 'm1', round = 3 } = options;
  const { vm = { id: 'd5b1', name: 'dc02' } } = options;
  const directory = join(ferryFolder(volume), folder);
  const disk = {
    disk: 'SCSI 0:0',
    virtualBytes: 8 * MIB,
    logicalSectorBytes: 512,
    diskId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  };
  const copy = await createCopy(directory, { vm, host: 'hv-b', operation, disks: [disk] });
  const [{ path } = { path: '' }] = copy.session.disks;
  await copy.commit({
    vm,
    host: 'hv-b',
    operation,
    round,
    committedAt: COMMITTED_AT,
    disks: [{ disk: disk.disk, path, virtualBytes: disk.virtualBytes, digest: 'aa' }],
    frozen: 'f',
  });
  return directory;
}
