/** Both region tables of a VHDX: [MS-VHDX] 2.2.3. */

import { GUID_ZERO, guidFrom } from '../guid.ts';
import type { Storage } from '../storage.ts';
import { crc32cWithoutField } from '../vhdx/crc32c.ts';
import {
  BAT_GUID,
  ENTRIES_MAX,
  ENTRY,
  METADATA_GUID,
  MIB,
  SIGNATURE,
  TABLE,
  TABLE_BYTES,
  TABLE_OFFSETS,
} from '../vhdx/regions.ts';
import type { Say } from './findings.ts';
import type { Structure } from './structures.ts';

const NAMES: Readonly<Record<string, string>> = { [BAT_GUID]: 'BAT', [METADATA_GUID]: 'metadata' };
/** How many regions are held against each other; the format has two. */
const COMPARED_MAX = 64;

/** What the first table that is whole names and the file holds; empty when both are lost. */
export async function checkRegions(storage: Storage, say: Say): Promise<Structure[]> {
  const tables: { readonly bytes: Buffer; readonly start: number }[] = [];
  for (const [index, start] of TABLE_OFFSETS.entries()) {
    const bytes = await readTable(storage, say, { start, number: index + 1 });
    if (bytes !== undefined) tables.push({ bytes, start });
  }
  const [first, second] = tables;
  if (first === undefined) {
    say('vhdx-regions-lost', { offset: TABLE_OFFSETS[0], value: 2 });
    return [];
  }
  if (second !== undefined && !first.bytes.equals(second.bytes)) {
    const at = first.bytes.findIndex((byte, index) => byte !== second.bytes[index]);
    say('vhdx-regions-differ', { offset: second.start + at, value: second.bytes[at] ?? 0 });
  }
  return checkEntries(storage, say, first);
}

async function readTable(
  storage: Storage,
  say: Say,
  { start, number }: { readonly start: number; readonly number: number },
): Promise<Buffer | undefined> {
  const bytes = Buffer.alloc(TABLE_BYTES);
  await storage.read(start, bytes, 'region table');
  const signature = bytes.readUInt32LE(TABLE.signature);
  const checksum = bytes.readUInt32LE(TABLE.checksum);
  if (signature !== SIGNATURE) {
    say('vhdx-regions-signature', { offset: start, value: signature, number });
    return undefined;
  }
  if (checksum !== crc32cWithoutField(bytes, TABLE.checksum)) {
    say('vhdx-regions-checksum', { offset: start + TABLE.checksum, value: checksum, number });
    return undefined;
  }
  return bytes;
}

function checkEntries(
  storage: Storage,
  say: Say,
  { bytes, start }: { readonly bytes: Buffer; readonly start: number },
): Structure[] {
  const count = bytes.readUInt32LE(TABLE.entryCount);
  if (count > ENTRIES_MAX)
    say('vhdx-regions-count', { offset: start + TABLE.entryCount, value: count });
  const regions: Structure[] = [];
  const named = new Set<string>();
  for (let index = 0; index < Math.min(count, ENTRIES_MAX); index++) {
    const at = TABLE.entries + index * TABLE.entryBytes;
    const guid = guidFrom(bytes, at + ENTRY.guid);
    // With a wrong count, what follows the last entry is empty.
    if (count > ENTRIES_MAX && guid === GUID_ZERO) break;
    const name = NAMES[guid] ?? guid;
    const isRequired = (bytes.readUInt32LE(at + ENTRY.required) & 1) === 1;
    if (NAMES[guid] === undefined && isRequired)
      say('vhdx-region-unknown', { offset: start + at, value: guid });
    const region = {
      name,
      offset: Number(bytes.readBigUInt64LE(at + ENTRY.fileOffset)),
      length: bytes.readUInt32LE(at + ENTRY.length),
    };
    const field = start + at + ENTRY.fileOffset;
    if (named.has(name)) say('vhdx-region-twice', { offset: start + at, value: name });
    else if (checkPlace(storage, say, { region, field })) regions.push(region);
    named.add(name);
    if (regions.length > COMPARED_MAX) break;
  }
  for (const name of Object.values(NAMES)) {
    if (named.has(name)) continue;
    say('vhdx-region-missing', { offset: start + TABLE.entryCount, value: count, name });
  }
  return regions;
}

function checkPlace(
  storage: Storage,
  say: Say,
  { region, field }: { readonly region: Structure; readonly field: number },
): boolean {
  const { name, offset, length } = region;
  if (offset < MIB || length < MIB || offset % MIB !== 0 || length % MIB !== 0) {
    say('vhdx-region-place', { offset: field, value: offset, name, length });
    return false;
  }
  if (offset + length <= storage.bytes) return true;
  say('vhdx-region-cut', { offset: field, value: offset, name, length, fileBytes: storage.bytes });
  return false;
}
