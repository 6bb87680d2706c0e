/** The damage matrix of VHD: what is done to a disk, and the verdict that must come of it. */

import { stat } from 'node:fs/promises';
import { all, cut, type Damage, put } from './harm.ts';
import {
  bothFooters,
  HEADER,
  HEADER_FIELD,
  header,
  spoilEnd,
  spoilStart,
  TABLE,
  vhdEntry,
} from './vhd-harm.ts';

/** A base of two blocks of 1 MiB written in order, and a child with its first block partly present. */
export const FIRST_BLOCK_SECTOR = 7;

export const VHD_DAMAGES: Damage[] = [
  {
    name: 'both footers damaged',
    code: 'disk-damaged',
    facts: { what: 'checksum of the footer', value: 'wrong' },
    harm: all(spoilEnd, spoilStart),
  },
  {
    name: 'a footer of another version',
    code: 'disk-damaged',
    facts: { what: 'version of the footer', value: 0x20000 },
    harm: bothFooters((bytes) => bytes.writeUInt32BE(0x20000, 12)),
  },
  {
    name: 'a type that nobody knows',
    code: 'disk-unsupported',
    facts: { what: 'a VHD of type 6' },
    harm: bothFooters((bytes) => bytes.writeUInt32BE(6, 60)),
  },
  {
    name: 'a virtual size of nothing',
    code: 'disk-damaged',
    facts: { what: 'virtual size', value: '0' },
    harm: bothFooters((bytes) => bytes.writeBigUInt64BE(0n, 48)),
  },
  {
    name: 'a virtual size near 2^63',
    code: 'disk-damaged',
    facts: { what: 'virtual size', value: '9223372036854775296' },
    harm: bothFooters((bytes) => bytes.writeBigUInt64BE(2n ** 63n - 512n, 48)),
  },
  {
    name: 'a virtual size that is no multiple of a sector',
    code: 'disk-damaged',
    facts: { what: 'virtual size' },
    harm: bothFooters((bytes) => bytes.writeBigUInt64BE(1000n, 48)),
  },
  {
    name: 'a virtual size that the BAT is too short for',
    code: 'disk-damaged',
    facts: { what: 'length of the BAT', offset: HEADER + HEADER_FIELD.entries, value: 4 },
    harm: bothFooters((bytes) => bytes.writeBigUInt64BE(2n ** 40n, 48)),
  },
  {
    name: 'a geometry of nothing by a program that goes by it',
    code: 'disk-damaged',
    facts: { what: 'disk geometry', value: 0 },
    harm: bothFooters((bytes) => {
      bytes.write('vpc ', 28, 'latin1');
      bytes.writeUInt32BE(0, 56);
    }),
  },
  {
    name: 'a dynamic header past the end',
    code: 'disk-truncated',
    facts: { what: 'dynamic header' },
    harm: bothFooters((bytes) => bytes.writeBigUInt64BE(2n ** 40n, 16)),
  },
  {
    name: 'a dynamic header beyond what numbers hold',
    code: 'disk-damaged',
    facts: { what: 'place of the dynamic header' },
    harm: bothFooters((bytes) => bytes.writeBigUInt64BE(2n ** 64n - 1n, 16)),
  },
  {
    name: 'no dynamic header where it should be',
    code: 'disk-damaged',
    facts: { what: 'signature of the dynamic header', offset: HEADER },
    harm: put(HEADER, [0]),
  },
  {
    name: 'a dynamic header damaged',
    code: 'disk-damaged',
    facts: { what: 'checksum of the dynamic header' },
    harm: put(HEADER + 900, [1]),
  },
  {
    name: 'a dynamic header of another version',
    code: 'disk-damaged',
    facts: { what: 'version of the dynamic header', offset: HEADER + 24 },
    harm: header((bytes) => bytes.writeUInt32BE(0x20000, 24)),
  },
  {
    name: 'a block size that is no power of two',
    code: 'disk-damaged',
    facts: { what: 'block size', offset: HEADER + HEADER_FIELD.blockBytes, value: 3000 },
    harm: header((bytes) => bytes.writeUInt32BE(3000, HEADER_FIELD.blockBytes)),
  },
  {
    name: 'a block size of nothing',
    code: 'disk-damaged',
    facts: { what: 'block size', value: 0 },
    harm: header((bytes) => bytes.writeUInt32BE(0, HEADER_FIELD.blockBytes)),
  },
  {
    name: 'blocks of a sector',
    code: 'disk-unsupported',
    facts: { what: 'blocks of 512 bytes' },
    harm: header((bytes) => bytes.writeUInt32BE(512, HEADER_FIELD.blockBytes)),
  },
  {
    name: 'a BAT over the footer',
    code: 'disk-damaged',
    facts: { what: 'place of the BAT', value: 0 },
    harm: header((bytes) => bytes.writeBigUInt64BE(0n, HEADER_FIELD.tableOffset)),
  },
  {
    name: 'a BAT over the dynamic header',
    code: 'disk-damaged',
    facts: { what: 'place of the BAT', value: 1024 },
    harm: header((bytes) => bytes.writeBigUInt64BE(1024n, HEADER_FIELD.tableOffset)),
  },
  {
    name: 'a BAT at no sector',
    code: 'disk-damaged',
    facts: { what: 'place of the BAT' },
    harm: header((bytes) => bytes.writeBigUInt64BE(1537n, HEADER_FIELD.tableOffset)),
  },
  {
    name: 'a BAT past the end',
    code: 'disk-truncated',
    facts: { what: 'BAT' },
    harm: header((bytes) => bytes.writeBigUInt64BE(2n ** 50n, HEADER_FIELD.tableOffset)),
  },
  {
    name: 'a BAT of 16 GiB',
    code: 'disk-truncated',
    facts: { what: 'BAT', length: (2 ** 32 - 1) * 4 },
    harm: header((bytes) => bytes.writeUInt32BE(2 ** 32 - 1, HEADER_FIELD.entries)),
  },
  ...[0, 1, 2, 3].map(
    (sector): Damage => ({
      name: `an entry that points at sector ${sector}, which is not payload`,
      code: 'disk-damaged',
      facts: { what: 'place of block 0 in the BAT', offset: TABLE, value: sector * 512 },
      harm: put(TABLE, vhdEntry(sector)),
    }),
  ),
  {
    name: 'an entry past the end of the file',
    code: 'disk-truncated',
    facts: { what: 'block 1', offset: 0xfffffffe * 512 },
    harm: put(TABLE + 4, vhdEntry(0xfffffffe)),
  },
  {
    name: 'a block into the footer at the end',
    code: 'disk-truncated',
    facts: { what: 'block 3' },
    harm: async (path) => {
      const { size } = await stat(path);
      const sector = (size - 512 - 1024 * 1024) / 512;
      await put(TABLE + 12, vhdEntry(sector))(path);
    },
  },
  {
    name: 'two entries with one place',
    code: 'disk-damaged',
    facts: { what: 'two blocks in one place of the file', offset: TABLE + 4 },
    harm: put(TABLE + 4, vhdEntry(FIRST_BLOCK_SECTOR)),
  },
  {
    name: 'a block half over another',
    code: 'disk-damaged',
    facts: { what: 'two blocks in one place of the file', offset: TABLE + 4 },
    harm: put(TABLE + 4, vhdEntry(FIRST_BLOCK_SECTOR + 1000)),
  },
  {
    name: 'cut off in the payload',
    code: 'disk-truncated',
    facts: { what: 'block 1' },
    harm: cut(2 * 1024 * 1024),
  },
  { name: 'cut off in the dynamic header', code: 'disk-truncated', harm: cut(800) },
  { name: 'cut off in the BAT', code: 'disk-truncated', facts: { what: 'BAT' }, harm: cut(1540) },
  {
    name: 'a parent locator far too long',
    code: 'disk-damaged',
    facts: { what: 'length of a parent locator', value: 2 ** 31 },
    on: 'child',
    harm: header((bytes) => bytes.writeUInt32BE(2 ** 31, HEADER_FIELD.locators + 8)),
  },
  {
    name: 'a parent locator past the end',
    code: 'disk-truncated',
    facts: { what: 'parent locator', offset: 2 ** 40 },
    on: 'child',
    harm: header((bytes) => bytes.writeBigUInt64BE(2n ** 40n, HEADER_FIELD.locators + 16)),
  },
  {
    name: 'a parent locator beyond what numbers hold',
    code: 'disk-damaged',
    facts: { what: 'place of a parent locator' },
    on: 'child',
    harm: header((bytes) => bytes.writeBigUInt64BE(2n ** 64n - 1n, HEADER_FIELD.locators + 16)),
  },
];
