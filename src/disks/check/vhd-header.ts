/** The header of a dynamic or differencing VHD: block size, place of the BAT, parent locators. */

import type { Storage } from '../storage.ts';
import { ENTRY_BYTES } from '../vhd/bat.ts';
import { checksumOf, SECTOR_BYTES } from '../vhd/footer.ts';
import { COOKIE, FIELD, HEADER_BYTES, isBlockSize, VERSION_MAJOR } from '../vhd/header.ts';
import {
  ABSOLUTE,
  DATA_BYTES_MAX,
  LOCATOR_BYTES,
  LOCATORS_MAX,
  FIELD as OF_LOCATOR,
  RELATIVE,
} from '../vhd/locator.ts';
import type { Say } from './findings.ts';
import type { Structure } from './structures.ts';
import type { CheckedFooter } from './vhd-footers.ts';

export interface CheckedHeader {
  readonly blockBytes: number;
  readonly table: Structure;
  readonly locators: readonly Structure[];
}

/** `undefined` where a value is lost that the BAT depends on. */
export async function checkHeader(
  storage: Storage,
  say: Say,
  footer: CheckedFooter,
): Promise<CheckedHeader | undefined> {
  const { headerOffset: offset, virtualBytes, type } = footer;
  if (offset + HEADER_BYTES > storage.bytes) {
    say('vhd-header-cut', { offset, value: storage.bytes });
    return undefined;
  }
  const bytes = Buffer.alloc(HEADER_BYTES);
  await storage.read(offset, bytes, 'dynamic header');
  const cookie = bytes.toString('latin1', FIELD.cookie, COOKIE.length);
  if (cookie !== COOKIE) {
    say('vhd-header-signature', { offset, value: JSON.stringify(cookie) });
    return undefined;
  }
  const checksum = bytes.readUInt32BE(FIELD.checksum);
  if (checksum !== checksumOf(bytes, FIELD.checksum))
    say('vhd-header-checksum', { offset: offset + FIELD.checksum, value: checksum });
  const version = bytes.readUInt32BE(FIELD.version);
  if (version >>> 16 !== VERSION_MAJOR)
    say('vhd-header-version', { offset: offset + FIELD.version, value: version });
  const locators = type === 'differencing' ? checkLocators(storage, say, { offset, bytes }) : [];
  const blockBytes = bytes.readUInt32BE(FIELD.blockBytes);
  if (!isBlockSize(blockBytes)) {
    say('vhd-block-size', { offset: offset + FIELD.blockBytes, value: blockBytes });
    return undefined;
  }
  const wanted = Math.ceil(virtualBytes / blockBytes);
  const entries = bytes.readUInt32BE(FIELD.entries);
  if (entries < wanted)
    say('vhd-bat-short', { offset: offset + FIELD.entries, value: entries, wanted });
  const table = checkTable(storage, say, { offset, bytes });
  return table && { blockBytes, table, locators };
}

function checkTable(
  storage: Storage,
  say: Say,
  { offset, bytes }: { readonly offset: number; readonly bytes: Buffer },
): Structure | undefined {
  const place = bytes.readBigUInt64BE(FIELD.tableOffset);
  const length = bytes.readUInt32BE(FIELD.entries) * ENTRY_BYTES;
  const at = offset + FIELD.tableOffset;
  if (place > Number.MAX_SAFE_INTEGER || place % BigInt(SECTOR_BYTES) !== 0n) {
    say('vhd-bat-place', { offset: at, value: `${place}` });
    return undefined;
  }
  const table = { name: 'BAT', offset: Number(place), length };
  if (table.offset + length <= storage.bytes) return table;
  say('vhd-bat-cut', { offset: at, value: table.offset, length, fileBytes: storage.bytes });
  return undefined;
}

/** Those of Windows; others are not looked at. */
function checkLocators(
  storage: Storage,
  say: Say,
  header: { readonly offset: number; readonly bytes: Buffer },
): Structure[] {
  const locators: Structure[] = [];
  let named = header.bytes.readUInt16BE(FIELD.parentName) === 0 ? 0 : 1;
  for (let index = 0; index < LOCATORS_MAX; index++) {
    const start = FIELD.locators + index * LOCATOR_BYTES;
    const code = header.bytes.readUInt32BE(start + OF_LOCATOR.code);
    const length = header.bytes.readUInt32BE(start + OF_LOCATOR.dataLength);
    if ((code !== RELATIVE && code !== ABSOLUTE) || length === 0) continue;
    named++;
    const at = header.offset + start;
    if (length > DATA_BYTES_MAX || length % 2 !== 0)
      say('vhd-locator-length', { offset: at + OF_LOCATOR.dataLength, value: length });
    const place = header.bytes.readBigUInt64BE(start + OF_LOCATOR.dataOffset);
    const field = at + OF_LOCATOR.dataOffset;
    if (place + BigInt(length) > storage.bytes)
      say('vhd-locator-place', { offset: field, value: `${place}`, fileBytes: storage.bytes });
    else locators.push({ name: 'parent locator', offset: Number(place), length });
  }
  if (named === 0)
    say('vhd-parent-unnamed', { offset: header.offset + FIELD.locators, value: named });
  return locators;
}
