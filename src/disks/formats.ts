/** Which format a file is of: its content says so, never its name. */

import { Verdict } from '../domain/problem.ts';
import type { DiskFile } from './disk.ts';
import type { DiskFormat, DiskLayer } from './layer.ts';
import { type Access, Storage } from './storage.ts';
import { vhdFormat } from './vhd/format.ts';
import { vhdxFormat } from './vhdx/format.ts';

export const FORMATS: Readonly<Record<DiskFile['format'], DiskFormat>> = {
  vhdx: vhdxFormat,
  vhd: vhdFormat,
};

const SIGNATURE_BYTES = 8;

/**
 * Opens one file of a chain. With `r` the file is not changed. A guest decides what stands at the start
 * of a fixed VHD, and at the end of some VHDX files: what looks like both may be made up by a guest that
 * wants to name files of the host as its parent, so it is refused.
 */
export async function openLayer(path: string, access: Access): Promise<DiskLayer> {
  const storage = await Storage.open(path, access);
  try {
    const found: DiskFormat[] = [];
    for (const format of Object.values(FORMATS)) {
      if (await format.recognises(storage)) found.push(format);
    }
    const [format] = found;
    if (format === undefined) throw await notADisk(storage);
    if (found.length > 1) throw new Verdict('disk-format-ambiguous', { file: storage.path });
    return await format.open(storage);
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}

async function notADisk(storage: Storage): Promise<Verdict> {
  const bytes = Buffer.alloc(Math.min(SIGNATURE_BYTES, storage.bytes));
  await storage.read(0, bytes, 'signature');
  const found = storage.bytes === 0 ? 'nothing' : JSON.stringify(bytes.toString('latin1'));
  return new Verdict('disk-not-a-disk', { file: storage.path, found });
}
