/** New VHDX files: an empty dynamic disk, or a child of a disk that exists. */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Storage } from './storage.ts';
import { BAT_ENTRY_BYTES, batEntries } from './vhdx/bat.ts';
import { guidFromText } from './vhdx/guid.ts';
import { newHeaders } from './vhdx/header.ts';
import { encodeLocator, locatorFor } from './vhdx/locator.ts';
import { faultOf, newMetadata, type Shape } from './vhdx/metadata.ts';
import { MIB, newRegionTables } from './vhdx/regions.ts';
import { FILE_SIGNATURE, VhdxFile } from './vhdx/vhdx-file.ts';

/** What Hyper-V takes for a new dynamic disk, and for a checkpoint's file. */
const BASE_BLOCK_BYTES = 32 * MIB;
const CHILD_BLOCK_BYTES = 2 * MIB;

/** Where things are in a file that we make; the BAT is last, as its length follows the disk's. */
const LOG = { offset: MIB, length: MIB };
const METADATA = { offset: 2 * MIB, length: MIB };
const BAT_OFFSET = 3 * MIB;

export interface NewDisk {
  readonly virtualBytes: number;
  readonly blockBytes?: number;
  readonly logicalSectorBytes?: number;
  /** SCSI page 83 identifier; a new one when absent. */
  readonly diskId?: string;
}

/** Makes an empty dynamic disk. A file that is already there is `disk-exists`. */
export async function createDisk(path: string, disk: NewDisk): Promise<void> {
  const diskId = guidFromText(disk.diskId ?? randomUUID());
  if (diskId === undefined) throw new RangeError(`${disk.diskId} is no GUID`);
  const shape: Shape = {
    virtualBytes: disk.virtualBytes,
    blockBytes: disk.blockBytes ?? BASE_BLOCK_BYTES,
    logicalSectorBytes: disk.logicalSectorBytes ?? 512,
    physicalSectorBytes: 4096,
    diskId,
  };
  await createFile(path, shape);
}

/** Makes an empty child of a disk, which must not be written to as long as the child is used. */
export async function createChild(
  path: string,
  parentPath: string,
  { blockBytes = CHILD_BLOCK_BYTES }: { readonly blockBytes?: number } = {},
): Promise<void> {
  await using parent = await VhdxFile.open(parentPath, 'r');
  const locator = locatorFor(path, { path: parent.path, linkage: parent.linkage });
  await createFile(path, { ...parent.metadata, blockBytes }, encodeLocator(locator));
}

async function createFile(path: string, shape: Shape, locator?: Buffer): Promise<void> {
  const fault = faultOf(shape);
  if (fault !== undefined) throw new RangeError(`${fault.what} cannot be ${shape[fault.field]}`);
  await using storage = await Storage.open(path, 'wx');
  try {
    await writeEmpty(storage, shape, locator);
  } catch (error) {
    await rm(storage.path, { force: true });
    throw error;
  }
}

async function writeEmpty(storage: Storage, shape: Shape, locator?: Buffer): Promise<void> {
  const batBytes = batEntries(shape, locator !== undefined) * BAT_ENTRY_BYTES;
  const bat = { offset: BAT_OFFSET, length: Math.ceil(batBytes / MIB) * MIB };
  await storage.growTo(bat.offset + bat.length);
  await storage.write(METADATA.offset, newMetadata(shape, locator));
  for (const [offset, bytes] of newRegionTables({ bat, metadata: METADATA })) {
    await storage.write(offset, bytes);
  }
  for (const [offset, bytes] of newHeaders(LOG)) await storage.write(offset, bytes);
  // Last: what was killed before this is no disk, and says so.
  const identifier = Buffer.from(FILE_SIGNATURE, 'latin1');
  const creator = Buffer.from('Ferry', 'utf16le');
  await storage.write(0, Buffer.concat([identifier, creator]));
  await storage.flush();
}
