/** New VHDs: an empty disk, or a child of a disk that exists. */

import { randomUUID } from 'node:crypto';
import type { DiskLayer, NewDisk } from '../layer.ts';
import { newDiskId, newFile } from '../new-file.ts';
import type { Storage } from '../storage.ts';
import { ENTRY_BYTES } from './bat.ts';
import { FOOTER_BYTES, newFooter, SECTOR_BYTES, VIRTUAL_BYTES_MAX, vhdSeconds } from './footer.ts';
import { HEADER_BYTES, headerNaming, isBlockSize, newDynamicHeader } from './header.ts';
import { newLocators } from './locator.ts';

/** What Hyper-V takes. */
const BLOCK_BYTES = 2 * 1024 * 1024;
/** How much of the BAT is written at a time. */
const TABLE_PIECE = Buffer.alloc(1024 * 1024, 0xff);
const LOCATORS_OFFSET = FOOTER_BYTES + HEADER_BYTES;
const NS_A_MS = 1_000_000n;

export async function createVhd(path: string, disk: NewDisk): Promise<void> {
  const { virtualBytes, type = 'dynamic', logicalSectorBytes = SECTOR_BYTES } = disk;
  expectSize(virtualBytes);
  if (logicalSectorBytes !== SECTOR_BYTES)
    throw new RangeError(`logical sector size cannot be ${logicalSectorBytes}`);
  const uniqueId = newDiskId(disk.diskId);
  if (type === 'dynamic')
    return await newFile(path, (storage) =>
      writeSparse(storage, { type, virtualBytes, uniqueId, blockBytes: disk.blockBytes }),
    );
  await newFile(path, async (storage) => {
    await storage.growTo(virtualBytes);
    // Without the footer, which comes last here too, it is no disk.
    await storage.flush();
    await storage.write(virtualBytes, newFooter({ type, virtualBytes, uniqueId }));
    await storage.flush();
  });
}

export async function createVhdChild(
  path: string,
  parent: DiskLayer,
  blockBytes: number | undefined,
): Promise<void> {
  const { virtualBytes } = parent.shape;
  expectSize(virtualBytes);
  const disk = { type: 'differencing', virtualBytes, uniqueId: randomUUID(), blockBytes, parent };
  await newFile(path, (storage) => writeSparse(storage, { ...disk, type: 'differencing' }));
}

interface NewSparse {
  readonly type: 'dynamic' | 'differencing';
  readonly virtualBytes: number;
  readonly uniqueId: string;
  readonly blockBytes: number | undefined;
  readonly parent?: DiskLayer;
}

async function writeSparse(storage: Storage, disk: NewSparse): Promise<void> {
  const { type, virtualBytes, uniqueId, blockBytes = BLOCK_BYTES, parent } = disk;
  if (!isBlockSize(blockBytes)) throw new RangeError(`block size cannot be ${blockBytes}`);
  const named = parent && newLocators(storage.path, parent.path, LOCATORS_OFFSET);
  const tableOffset = LOCATORS_OFFSET + (named?.data.length ?? 0);
  const entries = Math.ceil(virtualBytes / blockBytes);
  let header = newDynamicHeader({ tableOffset, entries, blockBytes });
  if (parent !== undefined && named !== undefined) {
    const changedAtSeconds = vhdSeconds(Number((await parent.storage.changedAt()) / NS_A_MS));
    const { path, linkage } = parent;
    const naming = { uniqueId: linkage, path, changedAtSeconds, locators: named.table };
    header = headerNaming(header, naming);
    await storage.write(LOCATORS_OFFSET, named.data);
  }
  const tableBytes = Math.ceil((entries * ENTRY_BYTES) / SECTOR_BYTES) * SECTOR_BYTES;
  for (let done = 0; done < tableBytes; done += TABLE_PIECE.length) {
    const length = Math.min(TABLE_PIECE.length, tableBytes - done);
    await storage.write(tableOffset + done, TABLE_PIECE.subarray(0, length));
  }
  await storage.write(FOOTER_BYTES, header);
  // Last, with all else on storage: what was ended before this is no disk, and says so.
  await storage.flush();
  const footer = newFooter({ type, virtualBytes, uniqueId, headerOffset: FOOTER_BYTES });
  await storage.write(tableOffset + tableBytes, footer);
  await storage.write(0, footer);
  await storage.flush();
}

function expectSize(virtualBytes: number): void {
  const isSize =
    virtualBytes > 0 && virtualBytes <= VIRTUAL_BYTES_MAX && virtualBytes % SECTOR_BYTES === 0;
  if (!isSize) throw new RangeError(`virtual size cannot be ${virtualBytes}`);
}
