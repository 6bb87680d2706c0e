/** Disks far larger than memory: where sector bitmaps and table windows change, and the largest. */

import { expect, it } from '@jest/globals';
import { endOfBits } from '../../src/disks/bits.ts';
import { describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { mergeIntoParent } from '../../src/disks/merge.ts';
import { crc32c } from '../../src/disks/vhdx/crc32c.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { extentsOf, MIB, newFolder, pattern, write } from './folder.ts';

const GIB = 1024 * MIB;
const TIB = 1024 * GIB;

it.each([
  { sectorBytes: 512, chunkBytes: 4 * GIB },
  { sectorBytes: 4096, chunkBytes: 32 * GIB },
])('reads over the border of two sector bitmaps of $sectorBytes-byte sectors', async (disk) => {
  const { sectorBytes, chunkBytes } = disk;
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  const child = folder.path('c.avhdx');
  await createDisk(base, { virtualBytes: 3 * chunkBytes, logicalSectorBytes: sectorBytes });
  const below = pattern(4 * MIB, 1);
  await write(base, chunkBytes - 2 * MIB, below);
  await createChild(child, base);
  const data = pattern(6 * sectorBytes, 2);
  const offset = chunkBytes - 3 * sectorBytes;
  await write(child, offset, data);
  data.copy(below, 2 * MIB - 3 * sectorBytes);
  expect(await extentsOf(child, base)).toEqual([{ offset, length: data.length, kind: 'data' }]);
  {
    await using reader = await openChain(child);
    const content = Buffer.alloc(4 * MIB);
    await reader.read(chunkBytes - 2 * MIB, content);
    expect(content.equals(below)).toBe(true);
  }
  await mergeIntoParent(child);
  await using merged = await openChain(base);
  const content = Buffer.alloc(4 * MIB);
  await merged.read(chunkBytes - 2 * MIB, content);
  expect(content.equals(below)).toBe(true);
});

it('reads a part of a sector, and over blocks that lie anywhere in the file', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  await createDisk(base, { virtualBytes: 8 * MIB, blockBytes: MIB });
  const expected = pattern(8 * MIB, 3);
  {
    await using writer = await openForWriting(base);
    for (const block of [5, 0, 1, 7, 3, 2, 6, 4]) {
      await writer.write(block * MIB, expected.subarray(block * MIB, (block + 1) * MIB));
    }
  }
  expect(await extentsOf(base)).toEqual([{ offset: 0, length: 8 * MIB, kind: 'data' }]);
  await using reader = await openChain(base);
  for (const [offset, length] of [
    [1, 1],
    [MIB - 3, 2 * MIB + 5],
    [8 * MIB - 1, 1],
  ] as const) {
    const content = Buffer.alloc(length);
    await reader.read(offset, content);
    expect(content.equals(expected.subarray(offset, offset + length))).toBe(true);
  }
  await expect(reader.read(8 * MIB - 1, Buffer.alloc(2))).rejects.toBeInstanceOf(RangeError);
});

it('writes from many callers at once as it does from one', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  const child = folder.path('c.avhdx');
  await createDisk(base, { virtualBytes: 8 * MIB, blockBytes: MIB });
  await createChild(child, base, { blockBytes: MIB });
  const expected = pattern(8 * MIB, 4);
  await using writer = await openForWriting(child);
  const sectors = Array.from({ length: 64 }, (_, index) => index * 128 * 1024);
  await Promise.all(
    sectors.map((at) => writer.write(at + 512, expected.subarray(at + 512, at + 5120))),
  );
  const content = Buffer.alloc(4608);
  for (const at of sectors) {
    await writer.read(at + 512, content);
    expect(content.equals(expected.subarray(at + 512, at + 5120))).toBe(true);
  }
  await writer.flush();
  expect(await describeFile(child)).toMatchObject({ allocatedBytes: 64 * 4608 });
});

it('opens, writes and lists the largest disk with bounded memory', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  const virtualBytes = 64 * TIB;
  await createDisk(base, { virtualBytes, blockBytes: 256 * MIB });
  const before = process.memoryUsage.rss();
  {
    await using writer = await openForWriting(base);
    await writer.write(virtualBytes - 4096, pattern(4096, 5));
    await writer.write(40 * TIB, pattern(512, 6));
  }
  expect(await extentsOf(base)).toEqual([
    { offset: 40 * TIB, length: 256 * MIB, kind: 'data' },
    { offset: virtualBytes - 256 * MIB, length: 256 * MIB, kind: 'data' },
  ]);
  await using reader = await openChain(base);
  const content = Buffer.alloc(4096);
  await reader.read(virtualBytes - 4096, content);
  expect(content.equals(pattern(4096, 5))).toBe(true);
  expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
  await expect(
    createDisk(folder.path('larger.vhdx'), { virtualBytes: virtualBytes + 512 }),
  ).rejects.toBeInstanceOf(RangeError);
});

it('does not grow a file by blocks that were zeroed, flushed and written again', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  await createDisk(base, { virtualBytes: 8 * MIB, blockBytes: MIB });
  await using writer = await openForWriting(base);
  for (let round = 0; round < 5; round++) {
    await writer.write(0, pattern(4 * MIB, round));
    await writer.zero(0, 4 * MIB);
    await writer.flush();
  }
  await writer.write(4 * MIB + 512, pattern(512, 9));
  const content = Buffer.alloc(8 * MIB);
  await writer.read(0, content);
  const expected = Buffer.alloc(8 * MIB);
  pattern(512, 9).copy(expected, 4 * MIB + 512);
  expect(content.equals(expected)).toBe(true);
  expect((await describeFile(base)).fileBytes).toBe(8 * MIB);
});

it('refuses to write what is no whole sector, or past the end', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  await createDisk(base, { virtualBytes: 8 * MIB, logicalSectorBytes: 4096 });
  await using writer = await openForWriting(base);
  await expect(writer.write(512, Buffer.alloc(4096))).rejects.toBeInstanceOf(RangeError);
  await expect(writer.zero(0, 512)).rejects.toBeInstanceOf(RangeError);
  await expect(writer.write(8 * MIB, Buffer.alloc(4096))).rejects.toBeInstanceOf(RangeError);
});

it('computes CRC-32C as its standard says, and finds ends of runs in bits', () => {
  // RFC 3720, appendix B.4.
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  const bits = Buffer.from([0b11110000, 0xff, 0xff, 0b00000111, 0, 0]);
  expect(endOfBits(bits, { from: 0, end: 48 })).toBe(4);
  expect(endOfBits(bits, { from: 4, end: 48 })).toBe(27);
  expect(endOfBits(bits, { from: 27, end: 48 })).toBe(48);
  expect(endOfBits(bits, { from: 5, end: 20 })).toBe(20);
});
