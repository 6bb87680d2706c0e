/** The metadata of a VHDX file: [MS-VHDX] 2.6. Sizes, sectors, the disk's id and the parent. */

import { Verdict } from '../../domain/problem.ts';
import { damaged, unsupported } from '../faults.ts';
import { GUID_BYTES, guidFrom } from '../guid.ts';
import type { Shape } from '../layer.ts';
import type { Storage } from '../storage.ts';
import { LOCATOR_BYTES_MAX, type Locator, parseLocator } from './locator.ts';
import { MIB, type Region } from './regions.ts';

export const TABLE_BYTES = 64 * 1024;
export const SIGNATURE = 'metadata';
export const ENTRIES_MAX = 2047;
export const TABLE = { signature: 0, entryCount: 10, entries: 32, entryBytes: 32 } as const;
export const ENTRY = { id: 0, offset: 16, length: 20, flags: 24 } as const;
export const FLAG = { isUser: 1, isVirtualDisk: 2, isRequired: 4 } as const;

export const ITEM = {
  fileParameters: 'caa16737-fa36-4d43-b3b6-33f0aa44e76b',
  virtualBytes: '2fa54224-cd1b-4876-b211-5dbed83bf4b8',
  diskId: 'beca12ab-b2e6-4523-93ef-c309e000c746',
  logicalSectorBytes: '8141bf1d-a96f-4709-ba47-f233a8faab5f',
  physicalSectorBytes: 'cda348c7-445d-4471-9cc9-e9885251c556',
  parentLocator: 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c',
} as const;
const KNOWN: readonly string[] = Object.values(ITEM);

/** [MS-VHDX] 2.6.2.1: file parameters. */
export const LEAVE_BLOCKS_ALLOCATED = 1;
export const HAS_PARENT = 2;

/** A new file's region is 1 MiB, of which our own items take as much as a locator at most. */
const UNKNOWN_BYTES_MAX = MIB - TABLE_BYTES - 2 * LOCATOR_BYTES_MAX;
const BLOCK_BYTES_MAX = 256 * MIB;
export const VIRTUAL_BYTES_MAX = 64 * 1024 ** 4;

/** An entry of the metadata table: where it stands in the file, and the item it points to. */
export interface Item {
  readonly entryOffset: number;
  /** From the start of the metadata region. */
  readonly offset: number;
  readonly length: number;
  readonly id: string;
  readonly flags: number;
}

/** An item to be written: id, flags, content. */
export type NewItem = readonly [string, number, Buffer];

export interface Metadata extends Shape {
  readonly leavesBlocksAllocated: boolean;
  readonly hasParent: boolean;
  /** What it says about its parent; there exactly when `hasParent`. */
  readonly locator?: Locator;
  readonly items: ReadonlyMap<string, Item>;
}

export async function readMetadata(storage: Storage, region: Region): Promise<Metadata> {
  const items = await readItems(storage, region);
  const { path } = storage;
  const value = async (id: string, what: string, length: number): Promise<[Buffer, number]> => {
    const item = items.get(id);
    if (item === undefined || item.length < length)
      throw damaged(path, { what, offset: region.offset, value: item?.length ?? 'missing' });
    const bytes = Buffer.alloc(item.length);
    await storage.read(region.offset + item.offset, bytes, what);
    return [bytes, region.offset + item.offset];
  };
  const [parameters, parametersAt] = await value(ITEM.fileParameters, 'file parameters', 8);
  const [size, sizeAt] = await value(ITEM.virtualBytes, 'virtual size', 8);
  const [diskId] = await value(ITEM.diskId, 'disk id', GUID_BYTES);
  const [logical, logicalAt] = await value(ITEM.logicalSectorBytes, 'logical sector size', 4);
  const [physical, physicalAt] = await value(ITEM.physicalSectorBytes, 'physical sector size', 4);
  const shape: Shape = {
    virtualBytes: Number(size.readBigUInt64LE(0)),
    blockBytes: parameters.readUInt32LE(0),
    logicalSectorBytes: logical.readUInt32LE(0),
    physicalSectorBytes: physical.readUInt32LE(0),
    diskId: guidFrom(diskId, 0),
  };
  const offsets = { blockBytes: parametersAt, virtualBytes: sizeAt };
  const fault = faultOf(shape);
  if (fault !== undefined) {
    const { what, field } = fault;
    const offset = { ...offsets, logicalSectorBytes: logicalAt, physicalSectorBytes: physicalAt };
    throw damaged(path, { what, offset: offset[field], value: shape[field] });
  }
  const flags = parameters.readUInt32LE(4);
  const hasParent = (flags & HAS_PARENT) !== 0;
  // It is void in a file that has a parent.
  const leavesBlocksAllocated = !hasParent && (flags & LEAVE_BLOCKS_ALLOCATED) !== 0;
  if (!hasParent) return { ...shape, leavesBlocksAllocated, hasParent, items };
  const [bytes, locatorAt] = await value(ITEM.parentLocator, 'parent locator', 20);
  const locator = parseLocator(bytes, { file: path, offset: locatorAt });
  return { ...shape, leavesBlocksAllocated, hasParent, items, locator };
}

type Fault = { readonly what: string; readonly field: Exclude<keyof Shape, 'diskId'> } | undefined;

/** What is impossible about a shape: [MS-VHDX] 2.6.2.1, 2.6.2.2, 2.6.2.4, 2.6.2.5. */
export function faultOf(shape: Shape): Fault {
  const { virtualBytes, blockBytes, logicalSectorBytes, physicalSectorBytes } = shape;
  const isSector = (bytes: number) => bytes === 512 || bytes === 4096;
  if (!isSector(logicalSectorBytes))
    return { what: 'logical sector size', field: 'logicalSectorBytes' };
  if (!isSector(physicalSectorBytes))
    return { what: 'physical sector size', field: 'physicalSectorBytes' };
  const isBlock =
    blockBytes >= MIB && blockBytes <= BLOCK_BYTES_MAX && Number.isInteger(Math.log2(blockBytes));
  if (!isBlock) return { what: 'block size', field: 'blockBytes' };
  const isSize =
    virtualBytes > 0 &&
    virtualBytes <= VIRTUAL_BYTES_MAX &&
    virtualBytes % logicalSectorBytes === 0;
  return isSize ? undefined : { what: 'virtual size', field: 'virtualBytes' };
}

async function readItems(storage: Storage, region: Region): Promise<ReadonlyMap<string, Item>> {
  const { path } = storage;
  const table = Buffer.alloc(TABLE_BYTES);
  await storage.read(region.offset, table, 'metadata table');
  const signature = table.toString('latin1', 0, SIGNATURE.length);
  if (signature !== SIGNATURE) {
    const value = table.toString('hex', 0, SIGNATURE.length);
    throw damaged(path, { what: 'signature of the metadata', offset: region.offset, value });
  }
  const count = table.readUInt16LE(TABLE.entryCount);
  if (count > ENTRIES_MAX) {
    const offset = region.offset + TABLE.entryCount;
    throw damaged(path, { what: 'number of metadata items', offset, value: count });
  }
  const items = new Map<string, Item>();
  for (let index = 0; index < count; index++) {
    const at = TABLE.entries + index * TABLE.entryBytes;
    const id = guidFrom(table, at + ENTRY.id);
    const flags = table.readUInt32LE(at + ENTRY.flags);
    const isOurs = KNOWN.includes(id) && (flags & FLAG.isUser) === 0;
    if (!isOurs && (flags & FLAG.isRequired) !== 0) throw unsupported(path, `metadata item ${id}`);
    const entryOffset = region.offset + at;
    const offset = table.readUInt32LE(at + ENTRY.offset);
    const length = table.readUInt32LE(at + ENTRY.length);
    const isInside = offset >= TABLE_BYTES && offset + length <= region.length;
    // An item without bytes has no place either: [MS-VHDX] 2.6.1.2.
    if (!isInside && length > 0)
      throw damaged(path, { what: 'place of a metadata item', offset: entryOffset, value: offset });
    if (isOurs && length > LOCATOR_BYTES_MAX)
      throw damaged(path, {
        what: 'length of a metadata item',
        offset: entryOffset,
        value: length,
      });
    const name = (flags & FLAG.isUser) === 0 ? id : `user ${id}`;
    if (items.has(name))
      throw damaged(path, {
        what: 'second metadata item of one id',
        offset: entryOffset,
        value: id,
      });
    items.set(name, { entryOffset, offset, length, id, flags });
  }
  return items;
}

/** What a child has of its parent besides what we know: items of the disk, not of the file ([MS-VHDX] 2.6.1.2). */
export async function unknownItemsOfDisk(
  storage: Storage,
  region: Region,
  { items }: Metadata,
): Promise<NewItem[]> {
  const unknown = [...items].filter(
    ([name, { flags }]) => !KNOWN.includes(name) && (flags & FLAG.isVirtualDisk) !== 0,
  );
  const bytesNeeded = unknown.reduce((sum, [, { length }]) => sum + length, 0);
  if (bytesNeeded > UNKNOWN_BYTES_MAX)
    throw new Verdict('disk-metadata-full', { file: storage.path, bytesNeeded });
  const found: NewItem[] = [];
  for (const [, { id, flags, offset, length }] of unknown) {
    const bytes = Buffer.alloc(length);
    await storage.read(region.offset + offset, bytes, 'metadata item');
    found.push([id, flags, bytes]);
  }
  return found;
}

/** Where the parent locator's entry is, and all that takes room in the region. */
export const locatorItem = (metadata: Metadata): Item | undefined =>
  metadata.items.get(ITEM.parentLocator);

export const withLocator = (metadata: Metadata, locator: Locator, item: Item): Metadata => ({
  ...metadata,
  locator,
  items: new Map(metadata.items).set(ITEM.parentLocator, item),
});

/** An entry's offset and length, which stand together: one write of eight bytes moves an item. */
export function placeOf(item: Item): { position: number; bytes: Buffer } {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(item.offset, 0);
  bytes.writeUInt32LE(item.length, 4);
  return { position: item.entryOffset + ENTRY.offset, bytes };
}
