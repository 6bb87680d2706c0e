/** What is cut off, damaged or no disk gets one clear verdict, and reading never changes a file. */

import { copyFile, open, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chainFiles, describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { crc32cWithoutField } from '../../src/disks/vhdx/crc32c.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { type Facts, Verdict } from '../../src/domain/problem.ts';
import { textOf } from '../../src/texts/catalogue.ts';
import { contentOf, type Folder, MIB, newFolder, pattern, sha256, write } from './folder.ts';

const KIB = 1024;
const HEADERS = [64 * KIB, 128 * KIB];
const REGION_TABLES = [192 * KIB, 256 * KIB];
const METADATA = 2 * MIB;
const ITEMS = METADATA + 64 * KIB;
const BAT = 3 * MIB;
const PAYLOAD = 4 * MIB;

interface Damage {
  readonly name: string;
  readonly code: string;
  readonly facts?: Facts;
  /** On which of the two files: the base, or a child of it with a partially present block. */
  readonly on?: 'child';
  readonly harm: (path: string) => Promise<void>;
}

const put =
  (offset: number, bytes: readonly number[] | Buffer) =>
  async (path: string): Promise<void> => {
    await using file = await open(path, 'r+');
    await file.write(Buffer.from(bytes), 0, bytes.length, offset);
  };

const cut = (bytes: number) => (path: string) => truncate(path, bytes);

/** Changes a structure and makes its checksum right again. */
const putChecked =
  (start: number, length: number, change: (bytes: Buffer) => void) =>
  async (path: string): Promise<void> => {
    await using file = await open(path, 'r+');
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, start);
    change(bytes);
    bytes.writeUInt32LE(crc32cWithoutField(bytes, 4), 4);
    await file.write(bytes, 0, length, start);
  };

const all =
  (...harms: ((path: string) => Promise<void>)[]) =>
  async (path: string): Promise<void> => {
    for (const harm of harms) await harm(path);
  };

const bothHeaders = (change: (bytes: Buffer) => void) =>
  all(...HEADERS.map((start) => putChecked(start, 4 * KIB, change)));
const bothTables = (change: (bytes: Buffer) => void) =>
  all(...REGION_TABLES.map((start) => putChecked(start, 64 * KIB, change)));

/** A BAT entry: state, and place in MiB. */
function entry(state: number, mebibytes: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(mebibytes) << 20n) | BigInt(state));
  return bytes;
}

const MATRIX: Damage[] = [
  { name: 'an empty file', code: 'disk-not-a-disk', harm: cut(0) },
  { name: 'four bytes', code: 'disk-not-a-disk', harm: cut(4) },
  { name: 'text', code: 'disk-not-a-disk', harm: (path) => writeFile(path, 'Dear Sir') },
  {
    name: 'the file type signature overwritten',
    code: 'disk-not-a-disk',
    facts: { found: '"xxxxxxxx"' },
    harm: put(0, Buffer.from('xxxxxxxx')),
  },
  { name: 'a VHD', code: 'disk-format-unsupported', harm: put(0, Buffer.from('conectix')) },
  {
    name: 'a fixed VHD',
    code: 'disk-format-unsupported',
    harm: (path) => writeFile(path, Buffer.concat([Buffer.alloc(4096), footer()])),
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
  {
    name: 'a log that was not replayed',
    code: 'vhdx-log-dirty',
    harm: bothHeaders((bytes) => bytes.fill(7, 48, 64)),
  },
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
  {
    name: 'a parent locator of another type',
    code: 'disk-damaged',
    facts: { what: 'type of the parent locator' },
    on: 'child',
    harm: put(ITEMS + 40, [0]),
  },
  {
    name: 'a parent locator with too many entries',
    code: 'disk-damaged',
    facts: { value: 0xffff },
    on: 'child',
    harm: put(ITEMS + 40 + 18, [0xff, 0xff]),
  },
  {
    name: 'a parent locator whose text is outside',
    code: 'disk-damaged',
    facts: { what: 'entry of the parent locator' },
    on: 'child',
    harm: put(ITEMS + 40 + 20, [0xff, 0xff, 0xff]),
  },
  {
    name: 'a child without a locator',
    code: 'disk-damaged',
    facts: { what: 'parent locator', value: 'missing' },
    on: 'child',
    harm: put(METADATA + 10, [5, 0]),
  },
  {
    name: 'a partially present block without a sector bitmap',
    code: 'disk-damaged',
    facts: { what: 'sector bitmap of block 0', value: 'missing' },
    on: 'child',
    harm: put(BAT + 8 * 4096, entry(0, 0)),
  },
  {
    name: 'a sector bitmap in a reserved state',
    code: 'disk-damaged',
    facts: { what: 'state of sector bitmap 0 in the BAT', value: 3 },
    on: 'child',
    harm: put(BAT + 8 * 4096, entry(3, 0)),
  },
  {
    name: 'a sector bitmap past the end',
    code: 'disk-truncated',
    facts: { what: 'sector bitmap 0' },
    on: 'child',
    harm: put(BAT + 8 * 4096, entry(6, 900)),
  },
];

function footer(): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write('conectix');
  return bytes;
}

describe('a damaged disk', () => {
  let folder: Folder;
  let files: { base: string; child: string };

  beforeAll(async () => {
    folder = await newFolder();
    files = { base: folder.path('base.vhdx'), child: folder.path('child.avhdx') };
    await createDisk(files.base, { virtualBytes: 4 * MIB, blockBytes: MIB });
    await write(files.base, 0, pattern(2 * MIB, 1));
    await createChild(files.child, files.base, { blockBytes: MIB });
    await write(files.child, 512, pattern(512, 2));
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it.each(MATRIX)('is named, not read: $name', async ({ code, facts, on, harm }) => {
    const path = folder.path(on === 'child' ? 'harmed.avhdx' : 'harmed.vhdx');
    await copyFile(on === 'child' ? files.child : files.base, path);
    await harm(path);
    const before = await sha256(path);
    const error = await chainFiles(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Verdict);
    const verdict = error as Verdict;
    expect(verdict).toMatchObject({ code, facts: { file: path, ...facts } });
    const { text, remedy } = textOf(verdict);
    expect(text).toContain(path);
    expect(text).not.toContain('undefined');
    expect(remedy.length).toBeGreaterThan(10);
    // Whole content is never handed out silently either, but for two blocks in one place.
    if (facts?.what !== 'two blocks in one place of the file') {
      await expect(contentOf(path)).rejects.toBeInstanceOf(Verdict);
    }
    expect(await sha256(path)).toBe(before);
  });

  it('is read by what is left: one header, one region table', async () => {
    const path = folder.path('half.vhdx');
    for (const [header, table] of [
      [0, 1],
      [1, 0],
    ] as const) {
      await copyFile(files.base, path);
      await put((HEADERS[header] as number) + 9, [0xff])(path);
      await put((REGION_TABLES[table] as number) + 9, [0xff])(path);
      expect(await compareDisks(path, files.base)).toEqual({ equal: true });
      // Both headers of a file that we closed name the same content.
      const [half, whole] = [await describeFile(path), await describeFile(files.base)];
      expect(half.identity.linkage).toBe(whole.identity.linkage);
    }
  });

  it('leaves every file as it was when it is read, listed, exported and compared', async () => {
    const before = [await sha256(files.base), await sha256(files.child)];
    await chainFiles(files.child);
    await contentOf(files.child);
    await exportRaw(files.child, folder.path('raw'));
    await compareDisks(files.child, files.base);
    {
      await using disk = await openChain(files.child, { above: files.base });
      await Array.fromAsync(disk.extents());
    }
    // Opened for writing, but not written.
    await using disk = await openForWriting(files.child);
    await disk.read(0, Buffer.alloc(MIB));
    expect([await sha256(files.base), await sha256(files.child)]).toEqual(before);
  });
});
