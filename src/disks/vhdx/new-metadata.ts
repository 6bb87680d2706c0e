/** The metadata of a new VHDX file: [MS-VHDX] 2.6. */

import { GUID_BYTES, guidInto } from '../guid.ts';
import type { Shape } from '../layer.ts';
import {
  ENTRY,
  FLAG,
  HAS_PARENT,
  ITEM,
  LEAVE_BLOCKS_ALLOCATED,
  type NewItem,
  SIGNATURE,
  TABLE,
  TABLE_BYTES,
} from './metadata.ts';

interface MetadataOfFile {
  readonly locator?: Buffer | undefined;
  readonly isFixed: boolean;
  readonly unknownItems?: readonly NewItem[] | undefined;
}

/** The table and the items of a new file; items begin right after the table. */
export function newMetadata(
  shape: Shape,
  { locator, isFixed, unknownItems = [] }: MetadataOfFile,
): Buffer {
  const sector = (bytes: number) => {
    const item = Buffer.alloc(4);
    item.writeUInt32LE(bytes);
    return item;
  };
  const parameters = Buffer.alloc(8);
  parameters.writeUInt32LE(shape.blockBytes, 0);
  const flags = (locator === undefined ? 0 : HAS_PARENT) | (isFixed ? LEAVE_BLOCKS_ALLOCATED : 0);
  parameters.writeUInt32LE(flags, 4);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(shape.virtualBytes));
  const diskId = Buffer.alloc(GUID_BYTES);
  guidInto(diskId, 0, shape.diskId);
  const ofFile = FLAG.isRequired;
  const ofDisk = FLAG.isRequired | FLAG.isVirtualDisk;
  const items: NewItem[] = [
    [ITEM.fileParameters, ofFile, parameters],
    [ITEM.virtualBytes, ofDisk, size],
    [ITEM.diskId, ofDisk, diskId],
    [ITEM.logicalSectorBytes, ofDisk, sector(shape.logicalSectorBytes)],
    [ITEM.physicalSectorBytes, ofDisk, sector(shape.physicalSectorBytes)],
  ];
  if (locator !== undefined) items.push([ITEM.parentLocator, ofFile, locator]);
  return encode([...items, ...unknownItems]);
}

function encode(items: readonly NewItem[]): Buffer {
  const table = Buffer.alloc(TABLE_BYTES);
  table.write(SIGNATURE, TABLE.signature, 'latin1');
  table.writeUInt16LE(items.length, TABLE.entryCount);
  let offset = TABLE_BYTES;
  items.forEach(([id, flags, bytes], index) => {
    const at = TABLE.entries + index * TABLE.entryBytes;
    guidInto(table, at + ENTRY.id, id);
    table.writeUInt32LE(bytes.length === 0 ? 0 : offset, at + ENTRY.offset);
    table.writeUInt32LE(bytes.length, at + ENTRY.length);
    table.writeUInt32LE(flags, at + ENTRY.flags);
    offset += bytes.length;
  });
  return Buffer.concat([table, ...items.map(([, , bytes]) => bytes)]);
}
