/** The damage matrix: what is done to a disk, and the verdict that must come of it. */

import { appendFile, writeFile } from 'node:fs/promises';
import { CHILD_DAMAGES } from './child-damages.ts';
import { MIB } from './folder.ts';
import {
  all,
  BAT,
  bothHeaders,
  bothTables,
  cut,
  type Damage,
  entry,
  footer,
  HEADERS,
  ITEMS,
  KIB,
  METADATA,
  PAYLOAD,
  put,
  putChecked,
  REGION_TABLES,
} from './harm.ts';
import { LOG_DAMAGES } from './log-damages.ts';

export const DAMAGES: Damage[] = [
  { name: 'an empty file', code: 'disk-not-a-disk', harm: cut(0) },
  { name: 'four bytes', code: 'disk-not-a-disk', harm: cut(4) },
  { name: 'text', code: 'disk-not-a-disk', harm: (path) => writeFile(path, 'Dear Sir') },
  {
    name: 'the file type signature overwritten',
    code: 'disk-not-a-disk',
    facts: { found: '"xxxxxxxx"' },
    harm: put(0, Buffer.from('xxxxxxxx')),
  },
  {
    name: 'the start of a VHD, and no more',
    code: 'disk-damaged',
    facts: { what: 'checksum of the footer' },
    harm: put(0, Buffer.from('conectix')),
  },
  {
    name: 'what could be both formats',
    code: 'disk-format-ambiguous',
    harm: (path) => appendFile(path, footer()),
  },
  ...[100, 70 * KIB, 130 * KIB, 200 * KIB, 300 * KIB, MIB, METADATA + 100, BAT + 100].map(
    (bytes): Damage => ({
      name: `cut off at ${bytes}`,
      code: 'disk-truncated',
      facts: { fileBytes: bytes },
      harm: cut(bytes),
    }),
  ),
  {
    name: 'cut off in the payload',
    code: 'disk-truncated',
    facts: { what: 'block 1', offset: PAYLOAD + MIB, fileBytes: PAYLOAD + MIB + 512 },
    harm: cut(PAYLOAD + MIB + 512),
  },
  {
    name: 'both headers damaged',
    code: 'disk-damaged',
    facts: { what: 'checksum of both headers' },
    harm: all(put(HEADERS[0] as number, [0]), put((HEADERS[1] as number) + 100, [1])),
  },
  {
    name: 'a header of another version',
    code: 'disk-damaged',
    facts: { what: 'version of the header', value: 2 },
    harm: bothHeaders((bytes) => bytes.writeUInt16LE(2, 66)),
  },
  {
    name: 'two different headers of one number',
    code: 'disk-damaged',
    facts: { value: '7' },
    harm: all(
      bothHeaders((bytes) => bytes.writeBigUInt64LE(7n, 8)),
      putChecked(HEADERS[1] as number, 4 * KIB, (bytes) => bytes.fill(9, 32, 48)),
    ),
  },
  ...LOG_DAMAGES,
  {
    name: 'both region tables damaged',
    code: 'disk-damaged',
    facts: { what: 'checksum of both region tables' },
    harm: all(...REGION_TABLES.map((start) => put(start + 100, [1]))),
  },
  {
    name: 'too many regions',
    code: 'disk-damaged',
    facts: { what: 'number of regions', value: 2048 },
    harm: bothTables((bytes) => bytes.writeUInt32LE(2048, 8)),
  },
  {
    name: 'a required region that nobody knows',
    code: 'disk-unsupported',
    harm: bothTables((bytes) => bytes.fill(9, 16, 32)),
  },
  {
    name: 'a table without a BAT',
    code: 'disk-damaged',
    harm: bothTables((bytes) => bytes.writeUInt32LE(0, 8)),
  },
  {
    name: 'a BAT within the headers',
    code: 'disk-damaged',
    facts: { what: 'place of a region', offset: (REGION_TABLES[0] as number) + 32, value: 0 },
    harm: bothTables((bytes) => bytes.writeBigUInt64LE(0n, 32)),
  },
  {
    name: 'a BAT past the end',
    code: 'disk-truncated',
    harm: bothTables((bytes) => bytes.writeBigUInt64LE(BigInt(2 ** 40), 32)),
  },
  {
    name: 'a BAT over the metadata',
    code: 'disk-damaged',
    harm: bothTables((bytes) => bytes.writeBigUInt64LE(BigInt(METADATA), 32)),
  },
  {
    name: 'the metadata signature damaged',
    code: 'disk-damaged',
    facts: { what: 'signature of the metadata', offset: METADATA },
    harm: put(METADATA, [0]),
  },
  {
    name: 'too many metadata items',
    code: 'disk-damaged',
    facts: { what: 'number of metadata items', value: 0xffff },
    harm: put(METADATA + 10, [0xff, 0xff]),
  },
  {
    name: 'a metadata item that is there twice',
    code: 'disk-damaged',
    facts: { what: 'second metadata item of one id', offset: METADATA + 64 },
    harm: put(METADATA + 64, Buffer.from('3767a1ca36fa434db3b633f0aa44e76b', 'hex')),
  },
  {
    name: 'a region that is there twice',
    code: 'disk-damaged',
    facts: { what: 'second region of one id', offset: (REGION_TABLES[0] as number) + 48 },
    harm: bothTables((bytes) => bytes.copy(bytes, 48, 16, 32)),
  },
  {
    name: 'a metadata item outside the region',
    code: 'disk-damaged',
    facts: { what: 'place of a metadata item', value: 0xffffff },
    harm: put(METADATA + 48, [0xff, 0xff, 0xff, 0]),
  },
  {
    name: 'a metadata item that is missing',
    code: 'disk-damaged',
    facts: { what: 'physical sector size', value: 'missing' },
    harm: put(METADATA + 10, [4, 0]),
  },
  { name: 'an unknown required item', code: 'disk-unsupported', harm: put(METADATA + 32, [1]) },
  {
    name: 'a block size that is no power of two',
    code: 'disk-damaged',
    facts: { what: 'block size', offset: ITEMS, value: MIB + 1 },
    harm: put(ITEMS, [1]),
  },
  {
    name: 'a block size of 512 MiB',
    code: 'disk-damaged',
    facts: { what: 'block size' },
    harm: put(ITEMS, [0, 0, 0, 0x20]),
  },
  {
    name: 'a virtual size that is no multiple of a sector',
    code: 'disk-damaged',
    facts: { what: 'virtual size', offset: ITEMS + 8, value: 4 * MIB + 1 },
    harm: put(ITEMS + 8, [1]),
  },
  {
    name: 'a virtual size above 64 TiB',
    code: 'disk-damaged',
    facts: { what: 'virtual size' },
    harm: put(ITEMS + 8, [0, 0, 0, 0, 0, 0, 1, 0]),
  },
  {
    name: 'a virtual size that the BAT is too short for',
    code: 'disk-damaged',
    facts: { what: 'length of the BAT' },
    harm: put(ITEMS + 8, [0, 0, 0, 0, 0, 1, 0, 0]),
  },
  {
    name: 'a sector size of 513',
    code: 'disk-damaged',
    facts: { what: 'logical sector size', value: 513 },
    harm: put(ITEMS + 32, [1]),
  },
  {
    name: 'an entry with a reserved state',
    code: 'disk-damaged',
    facts: { what: 'state of block 0 in the BAT', offset: BAT, value: 4 },
    harm: put(BAT, entry(4, 4)),
  },
  {
    name: 'a partially present block without a parent',
    code: 'disk-damaged',
    facts: { value: 7 },
    harm: put(BAT, entry(7, 4)),
  },
  {
    name: 'an entry past the end of the file',
    code: 'disk-truncated',
    facts: { what: 'block 1', offset: 4000 * MIB },
    harm: put(BAT + 8, entry(6, 4000)),
  },
  {
    name: 'an entry beyond what numbers hold',
    code: 'disk-truncated',
    harm: put(BAT + 8, Buffer.from('060000ffffffffff', 'hex')),
  },
  ...[0, 1, 2, 3].map(
    (mebibytes): Damage => ({
      name: `an entry that points at ${mebibytes} MiB, which is not payload`,
      code: 'disk-damaged',
      facts: { what: 'place of block 0 in the BAT', offset: BAT, value: mebibytes * MIB },
      harm: put(BAT, entry(6, mebibytes)),
    }),
  ),
  {
    name: 'two entries with one place',
    code: 'disk-damaged',
    facts: { what: 'two blocks in one place of the file', offset: BAT + 8, value: PAYLOAD },
    harm: put(BAT + 8, entry(6, PAYLOAD / MIB)),
  },
  ...CHILD_DAMAGES,
];
