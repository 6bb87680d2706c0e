/** The header of dynamic and differencing VHDs ("Dynamic Disk Header Format"): BAT, block size, parent. */

import { win32 } from 'node:path';
import { damaged, unsupported } from '../faults.ts';
import type { ParentPath } from '../parent-paths.ts';
import type { Storage } from '../storage.ts';
import { checksumOf, type Footer, NO_OFFSET, uniqueIdFrom, uniqueIdInto } from './footer.ts';
import {
  LOCATOR_BYTES,
  LOCATORS_MAX,
  type LocatorEntry,
  parseLocators,
  readParentPath,
} from './locator.ts';

export const HEADER_BYTES = 1024;
export const COOKIE = 'cxsparse';
/** Where each field starts, in bytes. */
export const FIELD = {
  cookie: 0,
  dataOffset: 8,
  tableOffset: 16,
  version: 24,
  entries: 28,
  blockBytes: 32,
  checksum: 36,
  parentId: 40,
  parentTimestamp: 56,
  parentName: 64,
  locators: 576,
} as const;
export const VERSION_MAJOR = 1;
const NAME_BYTES = 512;
const KIB = 1024;
/** Windows makes 512 KiB and 2 MiB; whole bytes of bits, and few enough blocks to count them. */
export const BLOCK_BYTES_MIN = 512 * KIB;
export const BLOCK_BYTES_MAX = 256 * KIB * KIB;

export interface ParentOfVhd {
  readonly uniqueId: string;
  readonly path: ParentPath;
}

export interface DynamicHeader {
  readonly offset: number;
  readonly tableOffset: number;
  readonly entries: number;
  readonly blockBytes: number;
  readonly locators: readonly LocatorEntry[];
  /** In a differencing disk alone. */
  readonly parent: ParentOfVhd | undefined;
  /** As it stands in the file. */
  readonly bytes: Buffer;
}

export const isBlockSize = (bytes: number): boolean =>
  bytes >= BLOCK_BYTES_MIN && bytes <= BLOCK_BYTES_MAX && Number.isInteger(Math.log2(bytes));

export async function readDynamicHeader(storage: Storage, footer: Footer): Promise<DynamicHeader> {
  const { path } = storage;
  const offset = footer.headerOffset ?? 0;
  const fault = (what: string, field: number, value: string | number) =>
    damaged(path, { what, offset: offset + field, value });
  if (!(await storage.holds(offset, HEADER_BYTES)))
    throw await storage.truncated('dynamic header', offset, HEADER_BYTES);
  const bytes = Buffer.alloc(HEADER_BYTES);
  await storage.read(offset, bytes, 'dynamic header');
  const cookie = bytes.toString('latin1', FIELD.cookie, COOKIE.length);
  if (cookie !== COOKIE)
    throw fault('signature of the dynamic header', FIELD.cookie, JSON.stringify(cookie));
  if (bytes.readUInt32BE(FIELD.checksum) !== checksumOf(bytes, FIELD.checksum))
    throw fault('checksum of the dynamic header', FIELD.checksum, 'wrong');
  const version = bytes.readUInt32BE(FIELD.version);
  if (version >>> 16 !== VERSION_MAJOR)
    throw fault('version of the dynamic header', FIELD.version, version);
  const blockBytes = bytes.readUInt32BE(FIELD.blockBytes);
  if (!Number.isInteger(Math.log2(blockBytes)))
    throw fault('block size', FIELD.blockBytes, blockBytes);
  if (!isBlockSize(blockBytes)) throw unsupported(path, `blocks of ${blockBytes} bytes`);
  const entries = bytes.readUInt32BE(FIELD.entries);
  if (entries < Math.ceil(footer.virtualBytes / blockBytes))
    throw fault('length of the BAT', FIELD.entries, entries);
  const tableOffset = bytes.readBigUInt64BE(FIELD.tableOffset);
  if (tableOffset > Number.MAX_SAFE_INTEGER || tableOffset % 512n !== 0n)
    throw fault('place of the BAT', FIELD.tableOffset, `${tableOffset}`);
  const at = offset + FIELD.locators;
  const table = bytes.subarray(FIELD.locators, FIELD.locators + LOCATORS_MAX * LOCATOR_BYTES);
  const hasParent = footer.type === 'differencing';
  const locators = hasParent ? parseLocators(table, { file: path, at }) : [];
  return {
    offset,
    tableOffset: Number(tableOffset),
    entries,
    blockBytes,
    locators,
    parent: hasParent ? await readParent(storage, bytes, locators) : undefined,
    bytes,
  };
}

async function readParent(
  storage: Storage,
  bytes: Buffer,
  locators: readonly LocatorEntry[],
): Promise<ParentOfVhd> {
  const uniqueId = uniqueIdFrom(bytes, FIELD.parentId);
  const named = await readParentPath(storage, locators);
  if (named.relative !== undefined || named.absolute !== undefined)
    return { uniqueId, path: named };
  // Without a locator there is still its name.
  const name = Buffer.from(bytes.subarray(FIELD.parentName, FIELD.parentName + NAME_BYTES))
    .swap16()
    .toString('utf16le')
    .replace(/\0.*$/s, '');
  return { uniqueId, path: name === '' ? {} : { relative: win32.basename(name) } };
}

export interface NewHeader {
  readonly tableOffset: number;
  readonly entries: number;
  readonly blockBytes: number;
}

export function newDynamicHeader({ tableOffset, entries, blockBytes }: NewHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(COOKIE, FIELD.cookie, 'latin1');
  bytes.writeBigUInt64BE(NO_OFFSET, FIELD.dataOffset);
  bytes.writeBigUInt64BE(BigInt(tableOffset), FIELD.tableOffset);
  bytes.writeUInt32BE(VERSION_MAJOR << 16, FIELD.version);
  bytes.writeUInt32BE(entries, FIELD.entries);
  bytes.writeUInt32BE(blockBytes, FIELD.blockBytes);
  bytes.writeUInt32BE(checksumOf(bytes, FIELD.checksum), FIELD.checksum);
  return bytes;
}

export interface NamingParent {
  readonly uniqueId: string;
  readonly path: string;
  /** When the parent's content changed last, in VHD's seconds. */
  readonly changedAtSeconds: number;
  /** The eight locators. */
  readonly locators: Buffer;
}

/** The same header, naming this parent. */
export function headerNaming(header: Buffer, parent: NamingParent): Buffer {
  const bytes = Buffer.from(header);
  uniqueIdInto(bytes, FIELD.parentId, parent.uniqueId);
  bytes.writeUInt32BE(parent.changedAtSeconds, FIELD.parentTimestamp);
  const name = Buffer.alloc(NAME_BYTES);
  name.write(win32.basename(parent.path.split('/').join('\\')), 0, NAME_BYTES - 2, 'utf16le');
  name.swap16().copy(bytes, FIELD.parentName);
  parent.locators.copy(bytes, FIELD.locators);
  bytes.writeUInt32BE(checksumOf(bytes, FIELD.checksum), FIELD.checksum);
  return bytes;
}
