/**
 * Where a differencing VHD says that its parent is: parent locators of the dynamic header. `W2ru` is
 * relative to the child, `W2ku` absolute, both little-endian UTF-16 in an otherwise big-endian format.
 */

import { damaged } from '../faults.ts';
import { type ParentPath, parentPathFor } from '../parent-paths.ts';
import type { Storage } from '../storage.ts';

export const LOCATORS_MAX = 8;
export const LOCATOR_BYTES = 24;
/** Where each field of one locator starts, in bytes. */
export const FIELD = { code: 0, dataSpace: 4, dataLength: 8, dataOffset: 16 } as const;
/** Windows has no path of more than 32 767 characters. */
export const DATA_BYTES_MAX = 64 * 1024;
const ALIGNMENT_BYTES = 512;
export const RELATIVE = 0x57327275; // 'W2ru'
export const ABSOLUTE = 0x57326b75; // 'W2ku'

/** One of the two that we know; others are kept as they are, and not looked at. */
export interface LocatorEntry {
  readonly code: number;
  readonly offset: number;
  readonly length: number;
}

/** `table` is the eight locators; `at` where it stands in the file. */
export function parseLocators(
  table: Buffer,
  { file, at }: { file: string; at: number },
): LocatorEntry[] {
  const entries: LocatorEntry[] = [];
  for (let index = 0; index < LOCATORS_MAX; index++) {
    const start = index * LOCATOR_BYTES;
    const code = table.readUInt32BE(start + FIELD.code);
    if (code !== RELATIVE && code !== ABSOLUTE) continue;
    const length = table.readUInt32BE(start + FIELD.dataLength);
    if (length === 0) continue;
    if (length > DATA_BYTES_MAX || length % 2 !== 0) {
      const offset = at + start + FIELD.dataLength;
      throw damaged(file, { what: 'length of a parent locator', offset, value: length });
    }
    const offset = table.readBigUInt64BE(start + FIELD.dataOffset);
    if (offset > Number.MAX_SAFE_INTEGER) {
      const place = at + start + FIELD.dataOffset;
      throw damaged(file, { what: 'place of a parent locator', offset: place, value: `${offset}` });
    }
    entries.push({ code, offset: Number(offset), length });
  }
  return entries;
}

export async function readParentPath(
  storage: Storage,
  entries: readonly LocatorEntry[],
): Promise<ParentPath> {
  const textOf = async (wanted: number): Promise<string | undefined> => {
    const entry = entries.find(({ code }) => code === wanted);
    if (entry === undefined) return undefined;
    const bytes = Buffer.alloc(entry.length);
    await storage.read(entry.offset, bytes, 'parent locator');
    return bytes.toString('utf16le').replace(/\0+$/, '');
  };
  return { relative: await textOf(RELATIVE), absolute: await textOf(ABSOLUTE) };
}

export interface NewLocators {
  /** The eight locators as they stand in the header, with places from `dataOffset` on. */
  readonly table: Buffer;
  /** What they point to, whole sectors. */
  readonly data: Buffer;
  readonly path: ParentPath;
}

/** `dataOffset` is where `data` will be in the file. */
export function newLocators(
  childPath: string,
  parentPath: string,
  dataOffset: number,
): NewLocators {
  const path = parentPathFor(childPath, parentPath);
  const table = Buffer.alloc(LOCATORS_MAX * LOCATOR_BYTES);
  const pieces: Buffer[] = [];
  let offset = dataOffset;
  const named = [
    { code: RELATIVE, text: path.relative },
    { code: ABSOLUTE, text: path.absolute },
  ];
  for (const { code, text } of named) {
    if (text === undefined) continue;
    const start = pieces.length * LOCATOR_BYTES;
    const bytes = Buffer.from(text, 'utf16le');
    const space = Math.ceil(bytes.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    table.writeUInt32BE(code, start + FIELD.code);
    // The specification says sectors; Virtual PC and Hyper-V write bytes.
    table.writeUInt32BE(space, start + FIELD.dataSpace);
    table.writeUInt32BE(bytes.length, start + FIELD.dataLength);
    table.writeBigUInt64BE(BigInt(offset), start + FIELD.dataOffset);
    pieces.push(Buffer.concat([bytes, Buffer.alloc(space - bytes.length)]));
    offset += space;
  }
  return { table, data: Buffer.concat(pieces), path };
}
