/** Which format a file is of: its content says so, never its name. */

import { Verdict } from '../domain/problem.ts';
import type { DiskFile } from './disk.ts';
import type { DiskFormat, DiskLayer } from './layer.ts';
import type { Access } from './open-file.ts';
import { Storage } from './storage.ts';
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
    return await FORMATS[await formatOf(storage)].open(storage);
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}

/** What is no disk, or looks like both formats, is a Verdict. */
export async function formatOf(storage: Storage): Promise<DiskFile['format']> {
  const isVhdx = await vhdxFormat.recognises(storage);
  const isVhd = await vhdFormat.recognises(storage);
  if (isVhdx && isVhd) throw new Verdict('disk-format-ambiguous', { file: storage.path });
  if (!isVhdx && !isVhd) throw await notADisk(storage);
  return isVhdx ? 'vhdx' : 'vhd';
}

async function notADisk(storage: Storage): Promise<Verdict> {
  const bytes = Buffer.alloc(Math.min(SIGNATURE_BYTES, storage.bytes));
  await storage.read(0, bytes, 'signature');
  const found = storage.bytes === 0 ? 'nothing' : JSON.stringify(bytes.toString('latin1'));
  return new Verdict('disk-not-a-disk', { file: storage.path, found });
}
