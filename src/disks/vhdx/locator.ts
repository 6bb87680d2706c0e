/** What a differencing VHDX says about its parent: the parent locator, [MS-VHDX] 2.6.2.6. */

import { toNamespacedPath } from 'node:path';
import { damaged } from '../faults.ts';
import { guidFrom, guidFromText, guidInto } from '../guid.ts';
import { parentPathFor, placesOfParent } from '../parent-paths.ts';

const LOCATOR_TYPE = 'b04aefb7-d19e-4a81-b789-25b8e9445913';
const HEADER = { type: 0, entryCount: 18, entries: 20, entryBytes: 12 } as const;
const ENTRY = { keyOffset: 0, valueOffset: 4, keyLength: 8, valueLength: 10 } as const;
/** Hyper-V writes five. */
const ENTRIES_MAX = 64;
/** Far above what paths of 32 767 characters need; also the limit of every other item we read. */
export const LOCATOR_BYTES_MAX = 256 * 1024;

/** Keys: [MS-VHDX] 2.6.2.6.3. */
const LINKAGE = 'parent_linkage';
const LINKAGE_2 = 'parent_linkage2';
const RELATIVE_PATH = 'relative_path';
const VOLUME_PATH = 'volume_path';
const ABSOLUTE_PATH = 'absolute_win32_path';
/** Before a drive's letter; everyone else names the same file without it. */
const EXTENDED_DRIVE = /^\\\\\?\\(?=[a-z]:)/i;

/** All entries by key, ours or not: a rewrite keeps what it does not change. */
export type Locator = ReadonlyMap<string, string>;

/**
 * The DataWriteGuids that the parent may have: one of the two must match ([MS-VHDX] 2.6.2.6.3).
 * The second is there while the parent goes from the one to the other, which is a merge.
 */
export interface Linkage {
  readonly first: string;
  readonly second?: string;
}

export function parseLocator(bytes: Buffer, at: { file: string; offset: number }): Locator {
  const { file, offset } = at;
  const type = guidFrom(bytes, HEADER.type);
  if (type !== LOCATOR_TYPE)
    throw damaged(file, { what: 'type of the parent locator', offset, value: type });
  const count = bytes.readUInt16LE(HEADER.entryCount);
  const end = HEADER.entries + count * HEADER.entryBytes;
  if (count > ENTRIES_MAX || end > bytes.length)
    throw damaged(file, { what: 'number of entries of the parent locator', offset, value: count });
  const text = (start: number, length: number): string => {
    if (start + length > bytes.length)
      throw damaged(file, { what: 'entry of the parent locator', offset, value: start });
    return bytes.toString('utf16le', start, start + length);
  };
  const locator = new Map<string, string>();
  for (let entry = HEADER.entries; entry < end; entry += HEADER.entryBytes) {
    const keyLength = bytes.readUInt16LE(entry + ENTRY.keyLength);
    const valueLength = bytes.readUInt16LE(entry + ENTRY.valueLength);
    const key = text(bytes.readUInt32LE(entry + ENTRY.keyOffset), keyLength);
    locator.set(key, text(bytes.readUInt32LE(entry + ENTRY.valueOffset), valueLength));
  }
  if (guidFromText(locator.get(LINKAGE) ?? '') === undefined) {
    const value = locator.get(LINKAGE) ?? 'missing';
    throw damaged(file, { what: 'parent linkage in the parent locator', offset, value });
  }
  return locator;
}

export function encodeLocator(locator: Locator): Buffer {
  const table = Buffer.alloc(HEADER.entries + locator.size * HEADER.entryBytes);
  guidInto(table, HEADER.type, LOCATOR_TYPE);
  table.writeUInt16LE(locator.size, HEADER.entryCount);
  const texts: Buffer[] = [];
  let offset = table.length;
  [...locator].forEach(([key, value], index) => {
    const entry = HEADER.entries + index * HEADER.entryBytes;
    const keyBytes = Buffer.from(key, 'utf16le');
    const valueBytes = Buffer.from(value, 'utf16le');
    table.writeUInt32LE(offset, entry + ENTRY.keyOffset);
    table.writeUInt32LE(offset + keyBytes.length, entry + ENTRY.valueOffset);
    table.writeUInt16LE(keyBytes.length, entry + ENTRY.keyLength);
    table.writeUInt16LE(valueBytes.length, entry + ENTRY.valueLength);
    texts.push(keyBytes, valueBytes);
    offset += keyBytes.length + valueBytes.length;
  });
  return Buffer.concat([table, ...texts]);
}

export function linkageOf(locator: Locator): Linkage {
  const first = guidFromText(locator.get(LINKAGE) ?? '');
  if (first === undefined) throw new Error('A locator without linkage is refused when parsed');
  const second = guidFromText(locator.get(LINKAGE_2) ?? '');
  return second === undefined ? { first } : { first, second };
}

export function withLinkage(locator: Locator, { first, second }: Linkage): Locator {
  const changed = new Map(locator).set(LINKAGE, `{${first}}`);
  changed.delete(LINKAGE_2);
  return second === undefined ? changed : changed.set(LINKAGE_2, `{${second}}`);
}

/** Names a parent for a child, relative as Windows writes it, and absolute in its extended form. */
export function locatorFor(childPath: string, parent: { path: string; linkage: string }): Locator {
  const locator = new Map([[LINKAGE, `{${parent.linkage}}`]]);
  const path = parentPathFor(childPath, parent.path);
  if (path.relative !== undefined) locator.set(RELATIVE_PATH, path.relative);
  if (path.absolute !== undefined) locator.set(ABSOLUTE_PATH, toNamespacedPath(path.absolute));
  return locator;
}

/** Where the parent may be, in the order to look: relative to the child, then by its volume, then absolute. */
export const parentPaths = (childPath: string, locator: Locator): string[] =>
  [
    { relative: locator.get(RELATIVE_PATH) },
    { absolute: locator.get(VOLUME_PATH) },
    { absolute: locator.get(ABSOLUTE_PATH)?.replace(EXTENDED_DRIVE, '') },
  ].flatMap((named) => placesOfParent(childPath, named));
