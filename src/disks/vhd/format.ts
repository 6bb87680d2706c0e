/** VHD as one of the formats: "Virtual Hard Disk Image Format Specification" 1.0. */

import type { DiskFormat } from '../layer.ts';
import { createVhd, createVhdChild } from './create.ts';
import { saysVhd } from './footer.ts';
import { VhdFile } from './vhd-file.ts';

export const vhdFormat: DiskFormat = {
  recognises: saysVhd,
  open: (storage) => VhdFile.of(storage),
  create: createVhd,
  createChild: createVhdChild,
};
