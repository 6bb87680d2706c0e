/** The region table of a VHDX file: [MS-VHDX] 2.2.3. It says where the BAT and the metadata are. */

import { damaged, unsupported } from '../faults.ts';
import { guidFrom, guidInto } from '../guid.ts';
import { overlap, type Range } from '../ranges.ts';
import type { Storage } from '../storage.ts';
import { crc32cWithoutField } from './crc32c.ts';

export const MIB = 1024 * 1024;

export const TABLE_BYTES = 64 * 1024;
export const TABLE_OFFSETS = [192 * 1024, 256 * 1024] as const;
export const SIGNATURE = 0x69676572; // 'regi'
export const ENTRIES_MAX = 2047;
export const TABLE = {
  signature: 0,
  checksum: 4,
  entryCount: 8,
  entries: 16,
  entryBytes: 32,
} as const;
export const ENTRY = { guid: 0, fileOffset: 16, length: 24, required: 28 } as const;

export const BAT_GUID = '2dc27766-f623-4200-9d64-115e9bfd4a08';
export const METADATA_GUID = '8b7ca206-4790-4b9a-b8fe-575f050f886e';

export type Region = Range;

export interface Regions {
  readonly bat: Region;
  readonly metadata: Region;
}

/** Reads the first of the two tables whose checksum is right. */
export async function readRegions(storage: Storage): Promise<Regions> {
  for (const tableOffset of TABLE_OFFSETS) {
    const table = Buffer.alloc(TABLE_BYTES);
    await storage.read(tableOffset, table, 'region table');
    const isValid =
      table.readUInt32LE(TABLE.signature) === SIGNATURE &&
      table.readUInt32LE(TABLE.checksum) === crc32cWithoutField(table, TABLE.checksum);
    if (isValid) return parse(storage, table, tableOffset);
  }
  const damage = { what: 'checksum of both region tables', offset: TABLE_OFFSETS[0] };
  throw damaged(storage.path, { ...damage, value: 'wrong' });
}

async function parse(storage: Storage, table: Buffer, tableOffset: number): Promise<Regions> {
  const count = table.readUInt32LE(TABLE.entryCount);
  if (count > ENTRIES_MAX) {
    const offset = tableOffset + TABLE.entryCount;
    throw damaged(storage.path, { what: 'number of regions', offset, value: count });
  }
  const found = new Map<string, Region>();
  for (let index = 0; index < count; index++) {
    const at = TABLE.entries + index * TABLE.entryBytes;
    const guid = guidFrom(table, at + ENTRY.guid);
    if (found.has(guid))
      throw damaged(storage.path, {
        what: 'second region of one id',
        offset: tableOffset + at,
        value: guid,
      });
    if (guid !== BAT_GUID && guid !== METADATA_GUID) {
      const isRequired = (table.readUInt32LE(at + ENTRY.required) & 1) === 1;
      if (isRequired) throw unsupported(storage.path, `region ${guid}`);
      continue;
    }
    const region = {
      offset: Number(table.readBigUInt64LE(at + ENTRY.fileOffset)),
      length: table.readUInt32LE(at + ENTRY.length),
    };
    await check(storage, region, tableOffset + at + ENTRY.fileOffset);
    found.set(guid, region);
  }
  const bat = found.get(BAT_GUID);
  const metadata = found.get(METADATA_GUID);
  if (bat === undefined || metadata === undefined || overlap(bat, metadata)) {
    const what = 'region table without separate BAT and metadata';
    throw damaged(storage.path, { what, offset: tableOffset, value: count });
  }
  return { bat, metadata };
}

async function check(storage: Storage, region: Region, offset: number): Promise<void> {
  const { offset: start, length } = region;
  if (start < MIB || length < MIB || start % MIB !== 0 || length % MIB !== 0)
    throw damaged(storage.path, { what: 'place of a region', offset, value: start });
  if (!(await storage.holds(start, length))) throw await storage.truncated('region', start, length);
}

/** Both tables of a new file, as positions and bytes. */
export function newRegionTables({ bat, metadata }: Regions): [number, Buffer][] {
  const table = Buffer.alloc(TABLE_BYTES);
  table.writeUInt32LE(SIGNATURE, TABLE.signature);
  table.writeUInt32LE(2, TABLE.entryCount);
  const entries = [
    { guid: BAT_GUID, region: bat },
    { guid: METADATA_GUID, region: metadata },
  ];
  entries.forEach(({ guid, region }, index) => {
    const at = TABLE.entries + index * TABLE.entryBytes;
    guidInto(table, at + ENTRY.guid, guid);
    table.writeBigUInt64LE(BigInt(region.offset), at + ENTRY.fileOffset);
    table.writeUInt32LE(region.length, at + ENTRY.length);
    table.writeUInt32LE(1, at + ENTRY.required);
  });
  table.writeUInt32LE(crc32cWithoutField(table, TABLE.checksum), TABLE.checksum);
  return TABLE_OFFSETS.map((offset) => [offset, table]);
}
