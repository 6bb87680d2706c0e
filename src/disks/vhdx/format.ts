/** VHDX as one of the formats: [MS-VHDX]. */

import type { DiskFormat } from '../layer.ts';
import type { Storage } from '../storage.ts';
import { createVhdx, createVhdxChild } from './create.ts';
import { FILE_SIGNATURE, VhdxFile } from './vhdx-file.ts';

export const vhdxFormat: DiskFormat = {
  async recognises(storage: Storage): Promise<boolean> {
    if (storage.bytes < FILE_SIGNATURE.length) return false;
    const bytes = Buffer.alloc(FILE_SIGNATURE.length);
    await storage.read(0, bytes, 'signature');
    return bytes.toString('latin1') === FILE_SIGNATURE;
  },
  open: (storage) => VhdxFile.of(storage),
  create: createVhdx,
  createChild: createVhdxChild,
};
