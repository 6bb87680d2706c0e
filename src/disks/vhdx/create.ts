/** New VHDX files: an empty disk, or a child of a disk that exists. */

import type { DiskLayer, NewDisk, Shape } from '../layer.ts';
import { newDiskId, newFile } from '../new-file.ts';
import type { Storage } from '../storage.ts';
import { BAT_ENTRY_BYTES, batEntries, chunkRatio, encodeEntry, STATE } from './bat.ts';
import { newHeaders } from './header.ts';
import { encodeLocator, locatorFor } from './locator.ts';
import { faultOf, type NewItem } from './metadata.ts';
import { newMetadata } from './new-metadata.ts';
import { MIB, newRegionTables, type Region } from './regions.ts';
import { FILE_SIGNATURE, VhdxFile } from './vhdx-file.ts';

/** What Hyper-V takes for a new disk, and for a checkpoint's file. */
const BASE_BLOCK_BYTES = 32 * MIB;
const CHILD_BLOCK_BYTES = 2 * MIB;
/** How much of a fixed disk's BAT is made at a time: a multiple of an entry. */
const BAT_PIECE_BYTES = MIB;

/** Where things are in a file that we make; the BAT is last, as its length follows the disk's. */
const LOG = { offset: MIB, length: MIB };
const METADATA = { offset: 2 * MIB, length: MIB };
const BAT_OFFSET = 3 * MIB;

export async function createVhdx(path: string, disk: NewDisk): Promise<void> {
  const shape: Shape = {
    virtualBytes: disk.virtualBytes,
    blockBytes: disk.blockBytes ?? BASE_BLOCK_BYTES,
    logicalSectorBytes: disk.logicalSectorBytes ?? 512,
    physicalSectorBytes: disk.physicalSectorBytes ?? 4096,
    diskId: newDiskId(disk.diskId),
  };
  await createFile(path, { shape, isFixed: disk.type === 'fixed' });
}

export async function createVhdxChild(
  path: string,
  parent: DiskLayer,
  blockBytes = CHILD_BLOCK_BYTES,
): Promise<void> {
  if (!(parent instanceof VhdxFile)) throw new Error(`${parent.path} is no VHDX`);
  const locator = encodeLocator(locatorFor(path, parent));
  const unknownItems = await parent.unknownItemsOfDisk();
  const shape = { ...parent.shape, blockBytes };
  await createFile(path, { shape, isFixed: false, locator, unknownItems });
}

interface NewVhdx {
  readonly shape: Shape;
  readonly isFixed: boolean;
  readonly locator?: Buffer;
  readonly unknownItems?: readonly NewItem[];
}

async function createFile(path: string, disk: NewVhdx): Promise<void> {
  const fault = faultOf(disk.shape);
  if (fault !== undefined)
    throw new RangeError(`${fault.what} cannot be ${disk.shape[fault.field]}`);
  await newFile(path, (storage) => writeEmpty(storage, disk));
}

async function writeEmpty(storage: Storage, disk: NewVhdx): Promise<void> {
  const { shape, isFixed, locator } = disk;
  const batBytes = batEntries(shape, locator !== undefined) * BAT_ENTRY_BYTES;
  const bat = { offset: BAT_OFFSET, length: Math.ceil(batBytes / MIB) * MIB };
  await storage.growTo(bat.offset + bat.length);
  if (isFixed) await allocateAll(storage, shape, bat);
  await storage.write(METADATA.offset, newMetadata(shape, disk));
  for (const [offset, bytes] of newRegionTables({ bat, metadata: METADATA })) {
    await storage.write(offset, bytes);
  }
  for (const [offset, bytes] of newHeaders(LOG)) await storage.write(offset, bytes);
  // Last, with all else on storage: what was ended before this is no disk, and says so.
  await storage.flush();
  const identifier = Buffer.from(FILE_SIGNATURE, 'latin1');
  const creator = Buffer.from('Ferry', 'utf16le');
  await storage.write(0, Buffer.concat([identifier, creator]));
  await storage.flush();
}

/** A fixed disk: every block has its place after the BAT, in order, and reads as zeros. */
async function allocateAll(storage: Storage, shape: Shape, bat: Region): Promise<void> {
  const { virtualBytes, blockBytes } = shape;
  const entries = batEntries(shape, false);
  const ratio = chunkRatio(shape);
  const entriesAPiece = BAT_PIECE_BYTES / BAT_ENTRY_BYTES;
  let fileOffset = bat.offset + bat.length;
  await storage.growTo(fileOffset + Math.ceil(virtualBytes / blockBytes) * blockBytes);
  for (let first = 0; first < entries; first += entriesAPiece) {
    const count = Math.min(entriesAPiece, entries - first);
    const piece = Buffer.alloc(count * BAT_ENTRY_BYTES);
    for (let index = 0; index < count; index++) {
      // Sector bitmaps have their entries in between; without a parent there are none.
      if ((first + index) % (ratio + 1) === ratio) continue;
      encodeEntry(piece, index * BAT_ENTRY_BYTES, { state: STATE.fullyPresent, fileOffset });
      fileOffset += blockBytes;
    }
    await storage.write(bat.offset + first * BAT_ENTRY_BYTES, piece);
  }
}
