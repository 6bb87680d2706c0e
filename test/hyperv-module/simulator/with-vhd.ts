/** Disks of a VM made VHDs: as those of a VM that came from Virtual PC or Windows Server 2008. */

import { rm } from 'node:fs/promises';
import { openChain } from '../../../src/disks/chain.ts';
import { createDisk } from '../../../src/disks/create.ts';
import { piecesOf } from '../../../src/disks/pieces.ts';
import { openForWriting } from '../../../src/disks/writer.ts';
import { linkages } from '../../../src/hosts/lab/checkpoints.ts';
import type { LabDisk } from '../../../src/hosts/lab/state.ts';
import type { SimVm } from './kept.ts';
import type { World } from './world.ts';

export interface VhdOptions {
  /** Which of its disks, by their order; all when absent. */
  readonly disks?: readonly number[];
  /** Dynamic when absent. */
  readonly type?: 'fixed' | 'dynamic';
}

export async function convertToVhd(
  world: World,
  vm: SimVm,
  { disks: wanted, type = 'dynamic' }: VhdOptions,
): Promise<void> {
  const disks: LabDisk[] = [];
  for (const [index, disk] of vm.lab.disks.entries()) {
    if (wanted?.includes(index) === false) {
      disks.push(disk);
      continue;
    }
    const path = disk.path.replace(/\.vhdx$/, '.vhd');
    await convert(disk.path, path, type);
    disks.push({ ...disk, path });
  }
  const closedLinkage = await linkages({ ...vm.lab, disks });
  await world.changeLab(vm, () => ({ disks, closedLinkage }));
}

async function convert(from: string, to: string, type: 'fixed' | 'dynamic'): Promise<void> {
  await using source = await openChain(from);
  const { virtualBytes, diskId } = source;
  await createDisk(to, { format: 'vhd', type, virtualBytes, diskId });
  await using target = await openForWriting(to);
  for await (const extent of source.extents()) {
    if (extent.kind === 'zero') continue;
    for await (const { offset, bytes } of piecesOf(source, extent)) {
      await target.write(offset, bytes);
    }
  }
  await target.flush();
  await rm(from);
}
