/** VHD: its footers, its sizes, and what is written where. */

import { copyFile, open, stat, truncate, writeFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks } from '../../src/disks/flat.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, extentsOf, MIB, newFolder, pattern, sha256, write } from './folder.ts';
import { endFooter, spoilEnd, spoilStart } from './vhd-harm.ts';

const GIB = 1024 * MIB;
const SIZE = { virtualBytes: 4 * MIB, blockBytes: MIB, format: 'vhd' } as const;
const GUID = '0AF4B5C1-1111-4222-8333-444455556666';

it.each([
  { type: 'dynamic', blockBytes: 2 * MIB, fileBytes: 2560 },
  { type: 'fixed', blockBytes: 0, fileBytes: 100 * MIB + 512 },
] as const)('describes a new $type disk and its child as they were asked for', async (disk) => {
  const { type, blockBytes, fileBytes } = disk;
  await using folder = await newFolder();
  const base = folder.path('b.vhd');
  const child = folder.path('c.avhd');
  await createDisk(base, { virtualBytes: 100 * MIB, format: 'vhd', type, diskId: GUID });
  await createChild(child, base);
  const described = await describeFile(base);
  const shape = { virtualBytes: 100 * MIB, logicalSectorBytes: 512, physicalSectorBytes: 512 };
  const diskId = GUID.toLowerCase();
  expect(described).toMatchObject({ format: 'vhd', type, ...shape, blockBytes, diskId, fileBytes });
  expect(described.parent).toBeUndefined();
  expect(await describeFile(child)).toMatchObject({
    format: 'vhd',
    type: 'differencing',
    ...shape,
    blockBytes: 2 * MIB,
    parent: described.identity,
  });
  // A child has an id of its own, its disk that of the base.
  expect((await describeFile(child)).diskId).not.toBe(diskId);
  await using reader = await openChain(child);
  expect(reader.diskId).toBe(diskId);
  expect(reader.base).toEqual({ format: 'vhd', type, blockBytes, physicalSectorBytes: 512 });
});

it('refuses to make a disk that cannot be', async () => {
  await using folder = await newFolder();
  const path = folder.path('b.vhd');
  const wrongs = [
    { virtualBytes: 2040 * GIB + 512 },
    { virtualBytes: 1000 },
    { virtualBytes: MIB, blockBytes: 3 * MIB },
    { virtualBytes: MIB, logicalSectorBytes: 4096 },
  ];
  for (const wrong of wrongs)
    await expect(createDisk(path, { format: 'vhd', ...wrong })).rejects.toBeInstanceOf(RangeError);
  await expect(describeFile(path)).rejects.toMatchObject({ code: 'disk-missing' });
});

it.each([
  { name: 'a damaged footer at the end', harm: spoilEnd },
  { name: 'a damaged copy at the start', harm: spoilStart },
  { name: 'a lost footer at the end', harm: cutBy(512) },
  { name: 'a footer of 511 bytes, as Virtual PC wrote it before 2004', harm: cutBy(1) },
  { name: 'half a block behind the last one', harm: growBy(MIB / 2 + 100) },
])('reads a disk with $name, and the first change mends both footers', async ({ harm }) => {
  await using folder = await newFolder();
  const [base, whole] = [folder.path('b.vhd'), folder.path('w.vhd')];
  await createDisk(base, SIZE);
  await write(base, MIB, pattern(MIB, 1));
  await copyFile(base, whole);
  await harm(base);
  const before = await sha256(base);
  expect(await compareDisks(base, whole)).toEqual({ equal: true });
  expect(await sha256(base)).toBe(before);
  await write(base, 3 * MIB, pattern(512, 2));
  await write(whole, 3 * MIB, pattern(512, 2));
  // Either of them is enough by now.
  for (const spoil of [spoilEnd, spoilStart]) {
    const half = folder.path('half.vhd');
    await copyFile(base, half);
    await spoil(half);
    expect(await compareDisks(half, whole)).toEqual({ equal: true });
    expect((await describeFile(half)).allocatedBytes).toBe(2 * MIB);
  }
});

it('goes by the footer at the end where both are right and differ', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhd');
  await createDisk(base, SIZE);
  await endFooter((bytes) => bytes.writeBigUInt64BE(BigInt(3 * MIB), 48))(base);
  expect((await describeFile(base)).virtualBytes).toBe(3 * MIB);
});

it('takes no first sector of a fixed disk for a footer: the guest wrote it', async () => {
  await using folder = await newFolder();
  const [fixed, other] = [folder.path('f.vhd'), folder.path('o.vhd')];
  await createDisk(fixed, { ...SIZE, type: 'fixed' });
  await createDisk(other, SIZE);
  const sector = Buffer.alloc(512);
  {
    await using file = await open(other, 'r');
    await file.read(sector, 0, 512, 0);
  }
  await write(fixed, 0, sector);
  expect((await describeFile(fixed)).type).toBe('fixed');
  expect((await contentOf(fixed)).subarray(0, 512).equals(sector)).toBe(true);
});

it('opens, writes and lists the largest disk with bounded memory', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhd');
  const virtualBytes = 2040 * GIB;
  await createDisk(base, { virtualBytes, format: 'vhd' });
  const before = process.memoryUsage.rss();
  await write(base, virtualBytes - 4096, pattern(4096, 5));
  await write(base, 1000 * GIB, pattern(512, 6));
  expect(await extentsOf(base)).toEqual([
    { offset: 1000 * GIB, length: 2 * MIB, kind: 'data' },
    { offset: virtualBytes - 2 * MIB, length: 2 * MIB, kind: 'data' },
  ]);
  expect((await describeFile(base)).allocatedBytes).toBe(4 * MIB);
  await using reader = await openChain(base);
  const content = Buffer.alloc(4096);
  await reader.read(virtualBytes - 4096, content);
  expect(content.equals(pattern(4096, 5))).toBe(true);
  expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
});

it('keeps the bitmap of large blocks over the border of two windows of the map', async () => {
  await using folder = await newFolder();
  const [base, child] = [folder.path('b.vhd'), folder.path('c.avhd')];
  await createDisk(base, { virtualBytes: 512 * MIB, blockBytes: 256 * MIB, format: 'vhd' });
  await createChild(child, base, { blockBytes: 256 * MIB });
  for (let at = 0; at < 512; at += 31) await write(child, at * MIB + 512, pattern(1024, at));
  const expected = Array.from({ length: 17 }, (_, index) => {
    return { offset: index * 31 * MIB + 512, length: 1024, kind: 'data' };
  });
  expect(await extentsOf(child)).toEqual(expected);
  await using reader = await openChain(child);
  for (const { offset } of expected) {
    const content = Buffer.alloc(1024);
    await reader.read(offset, content);
    expect(content.equals(pattern(1024, (offset - 512) / MIB))).toBe(true);
  }
});

it('does not grow a file by blocks that were zeroed, flushed and written again', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhd');
  await createDisk(base, { ...SIZE, virtualBytes: 8 * MIB });
  await using writer = await openForWriting(base);
  await writer.write(0, pattern(4 * MIB, 1));
  const { size } = await stat(base);
  const expectedBlock = Buffer.alloc(MIB);
  for (let round = 0; round < 5; round++) {
    await writer.zero(0, 4 * MIB);
    await writer.flush();
    await writer.write(4 * MIB + 512, pattern(512, 9));
    // Of what its place held before nothing shows.
    const block = Buffer.alloc(MIB);
    await writer.read(4 * MIB, block);
    pattern(512, 9).copy(expectedBlock, 512);
    expect(block.equals(expectedBlock)).toBe(true);
    await writer.write(0, pattern(2 * MIB, round));
    await writer.zero(4 * MIB, 4 * MIB);
    await writer.flush();
  }
  expect((await stat(base)).size).toBe(size);
  const expected = Buffer.concat([pattern(2 * MIB, 4), Buffer.alloc(6 * MIB)]);
  expect((await contentOf(base)).equals(expected)).toBe(true);
});

it('leaves what was never written unwritten when a fixed disk is zeroed', async () => {
  await using folder = await newFolder();
  for (const format of ['vhd', 'vhdx'] as const) {
    const base = folder.path(`b.${format}`);
    await createDisk(base, { virtualBytes: 256 * MIB, format, type: 'fixed' });
    expect((await describeFile(base)).type).toBe('fixed');
    expect((await stat(base)).size).toBeGreaterThan(256 * MIB);
    await write(base, 5 * MIB, pattern(MIB, 1));
    await using writer = await openForWriting(base);
    await writer.zero(0, 256 * MIB);
    await writer.flush();
    expect((await contentOf(base)).equals(Buffer.alloc(256 * MIB))).toBe(true);
    expect((await stat(base)).blocks * 512).toBeLessThan(16 * MIB);
    expect(await extentsOf(base)).toEqual([{ offset: 0, length: 256 * MIB, kind: 'data' }]);
  }
});

it('refuses a fixed disk whose content is cut off, or whose footer is lost', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhd');
  await createDisk(base, { ...SIZE, type: 'fixed' });
  await endFooter((bytes) => bytes.writeBigUInt64BE(BigInt(5 * MIB), 48))(base);
  await expect(describeFile(base)).rejects.toMatchObject({
    code: 'disk-truncated',
    facts: { what: 'content', fileBytes: 4 * MIB + 512 },
  });
  await truncate(base, 4 * MIB);
  await expect(describeFile(base)).rejects.toMatchObject({ code: 'disk-not-a-disk' });
  await spoilEnd(base);
  await writeFile(base, Buffer.alloc(0));
  await expect(describeFile(base)).rejects.toMatchObject({ code: 'disk-not-a-disk' });
});

function cutBy(bytes: number) {
  return async (path: string) => truncate(path, (await stat(path)).size - bytes);
}

function growBy(bytes: number) {
  return async (path: string) => truncate(path, (await stat(path)).size + bytes);
}
