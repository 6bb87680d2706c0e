/** The map of VHDX files: states and sizes of blocks, and tables of any length. */

import { open } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import type { Extent } from '../../src/disks/disk.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { contentOf, extentsOf, MIB, newFolder, pattern, write } from './folder.ts';
import { BAT, entry, PAYLOAD, put } from './harm.ts';

it('reads every state that a block can have, in a child and without a parent', async () => {
  await using folder = await newFolder();
  const [base, child] = ['b.vhdx', 'c.avhdx'].map(folder.path) as [string, string];
  await createDisk(base, { virtualBytes: 8 * MIB, blockBytes: MIB });
  await write(base, 0, pattern(8 * MIB, 1));
  await createChild(child, base, { blockBytes: MIB });
  await write(child, 0, pattern(6 * MIB, 2));
  await write(child, 6 * MIB + 512, pattern(512, 3));
  const set = async (path: string) => {
    await put(BAT, entry(0, 4))(path);
    await put(BAT + 8, entry(1, 5))(path);
    await put(BAT + 16, entry(2, 0))(path);
    await put(BAT + 24, entry(3, 7))(path);
    await put(BAT + 32, entry(3, 0))(path);
  };
  await set(child);
  const expected = pattern(8 * MIB, 1);
  expected.fill(0, MIB, 5 * MIB);
  pattern(6 * MIB, 2).copy(expected, 5 * MIB, 5 * MIB);
  pattern(512, 3).copy(expected, 6 * MIB + 512);
  expect((await contentOf(child)).equals(expected)).toBe(true);
  expect(await extentsOf(child, base)).toEqual([
    { offset: MIB, length: 4 * MIB, kind: 'zero' },
    { offset: 5 * MIB, length: MIB, kind: 'data' },
    { offset: 6 * MIB + 512, length: 512, kind: 'data' },
  ]);
  expect((await describeFile(child)).allocatedBytes).toBe(MIB + 512);
  await mergeIntoParent(child);
  expect((await contentOf(base)).equals(expected)).toBe(true);
  // Without a parent what is not present is zeros too.
  await set(base);
  expected.fill(0, 0, 5 * MIB);
  expect((await contentOf(base)).equals(expected)).toBe(true);
  // Each of them may be written again.
  for (const path of [base, child]) {
    await reparent(child, base);
    await write(path, 0, pattern(8 * MIB, 4));
    expect((await contentOf(path)).equals(pattern(8 * MIB, 4))).toBe(true);
  }
});

it.each([1, 2, 4, 8, 16, 32, 64, 128, 256])(
  'reads and merges what was written over borders of blocks of %i MiB, with both sectors',
  async (mebibytes) => {
    await using folder = await newFolder();
    for (const logicalSectorBytes of [512, 4096]) {
      const [base, child] = ['b', 'c'].map((name) =>
        folder.path(`${name}${logicalSectorBytes}`),
      ) as [string, string];
      const blockBytes = mebibytes * MIB;
      const virtualBytes = 3 * blockBytes + 4096;
      await createDisk(base, { virtualBytes, blockBytes, logicalSectorBytes });
      await createChild(child, base, { blockBytes });
      const parts = [blockBytes - 8192, 2 * blockBytes - 4096, virtualBytes - 4096];
      await write(base, blockBytes - 16_384, pattern(32_768, 1));
      await reparent(child, base);
      for (const at of parts)
        await write(child, at, pattern(Math.min(8192, virtualBytes - at), at % 997));
      const expectParts = async (leaf: string) => {
        await using disk = await openChain(leaf);
        for (const at of parts) {
          const content = Buffer.alloc(Math.min(8192, virtualBytes - at));
          await disk.read(at, content);
          expect(content.equals(pattern(content.length, at % 997))).toBe(true);
        }
        const beside = Buffer.alloc(8192);
        await disk.read(blockBytes - 16_384, beside);
        expect(beside.equals(pattern(32_768, 1).subarray(0, 8192))).toBe(true);
      };
      await expectParts(child);
      expect((await describeFile(child)).allocatedBytes).toBe(8192 + 8192 + 4096);
      await mergeIntoParent(child);
      await expectParts(base);
    }
  },
);

it('lists a table of any states as its entries stand, over borders of pieces and chunks', async () => {
  await using folder = await newFolder();
  const path = folder.path('d.vhdx');
  const blocks = 300_000;
  await createDisk(path, { virtualBytes: blocks * MIB, blockBytes: MIB });
  const ratio = 4096;
  const room = PAYLOAD / MIB + 8;
  {
    await using file = await open(path, 'r+');
    await file.truncate((room + blocks + 64) * MIB);
  }
  const piece = fc.record({
    length: fc.oneof(
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(4095, 4096, 4097, 8192, 131_072),
      fc.integer({ min: 1, max: 200_000 }),
    ),
    state: fc.constantFrom(0, 0, 2, 3, 6),
  });
  // What a place of a block without one says is void.
  const leftPlaces = fc.constantFrom(0, 1);
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12, size: 'max' }),
      leftPlaces,
      async (pieces, leftPlace) => {
        const table = Buffer.alloc(Math.ceil((blocks + blocks / ratio) * 8));
        const expected: Extent[] = [];
        let block = 0;
        let place = room;
        for (const { length, state } of pieces) {
          const end = Math.min(block + length, blocks);
          // Not behind what was before.
          place++;
          const kind = state === 6 ? ('data' as const) : ('zero' as const);
          if (state !== 0 && end > block) {
            const last = expected.at(-1);
            const offset = block * MIB;
            const isJoined = last?.kind === kind && last.offset + last.length === offset;
            if (isJoined) expected.pop();
            const start = isJoined ? last.offset : offset;
            expected.push({ offset: start, length: end * MIB - start, kind });
          }
          for (; block < end; block++)
            entry(state, state === 6 ? place++ : (block * leftPlace) % 1000).copy(
              table,
              8 * (block + Math.floor(block / ratio)),
            );
        }
        await put(BAT, table)(path);
        expect(await extentsOf(path)).toEqual(expected);
        const data = expected.flatMap(({ kind, length }) => (kind === 'data' ? [length] : []));
        expect((await describeFile(path)).allocatedBytes).toBe(data.reduce((a, b) => a + b, 0));
      },
    ),
    { numRuns: 15 },
  );
});

it('counts the blocks and finds two bitmaps in one place, wherever a child has its chunks', async () => {
  await using folder = await newFolder();
  const [base, child] = ['b.vhdx', 'c.avhdx'].map(folder.path) as [string, string];
  const chunkBytes = 4096 * MIB;
  await createDisk(base, { virtualBytes: 64 * chunkBytes });
  await createChild(child, base, { blockBytes: MIB });
  const chunks = [0, 3, 4, 31, 63];
  for (const chunk of chunks)
    await write(child, chunk * chunkBytes + 5 * MIB, pattern(4096, chunk));
  expect((await describeFile(child)).allocatedBytes).toBe(chunks.length * 4096);
  // A bitmap stays when its chunk has no block any more, and holds its place.
  const bitmap = (chunk: number) => BAT + 8 * (chunk * 4097 + 4096);
  {
    await using file = await open(child, 'r+');
    const first = Buffer.alloc(8);
    await file.read(first, 0, 8, bitmap(0));
    await file.write(Buffer.alloc(8), 0, 8, BAT + 8 * (31 * 4097 + 5));
    await file.write(first, 0, 8, bitmap(31));
  }
  await expect(describeFile(child)).rejects.toMatchObject({
    code: 'disk-damaged',
    facts: { what: 'two blocks in one place of the file', offset: bitmap(31) },
  });
});
