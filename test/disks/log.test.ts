/** Files that were not closed: what stands in their log counts, whoever reads or writes them. */

import { copyFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainFiles, describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks } from '../../src/disks/flat.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, extentsOf, MIB, newFolder, pattern, sha256, write } from './folder.ts';
import { BAT, entry as batEntry, METADATA, PAYLOAD } from './harm.ts';
import { encodeEntry, loseInPlace, lostDisk, nameLog, putIntoLog, SECTOR } from './log-writer.ts';

it.each(['base', 'child'] as const)('reads a %s as its log has it, and leaves it', async (kind) => {
  await using folder = await newFolder();
  const { before, whole, dirty } = await lostDisk(folder, kind);
  const expected = await contentOf(whole);
  expect((await contentOf(before)).equals(expected)).toBe(false);
  const digest = await sha256(dirty);
  expect((await contentOf(dirty)).equals(expected)).toBe(true);
  {
    await using unbuffered = await openChain(dirty, { unbuffered: true });
    const content = Buffer.alloc(expected.length);
    await unbuffered.read(0, content);
    expect(content.equals(expected)).toBe(true);
  }
  expect(await extentsOf(dirty)).toEqual(await extentsOf(whole));
  const described = await describeFile(whole);
  expect(await describeFile(dirty)).toEqual({
    ...described,
    identity: { ...described.identity, path: dirty },
  });
  expect((await chainFiles(dirty)).length).toBe(kind === 'base' ? 1 : 2);
  expect(await sha256(dirty)).toBe(digest);
});

it('finds the parent that the log names', async () => {
  await using folder = await newFolder();
  const [base, child] = ['base.vhdx', 'child.avhdx'].map(folder.path) as [string, string];
  const moved = folder.path('elsewhere/base.vhdx');
  await createDisk(base, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await createChild(child, base);
  await mkdir(folder.path('elsewhere'));
  await copyFile(base, moved);
  await write(moved, 0, pattern(MIB, 1));
  await copyFile(child, folder.path('before'));
  await reparent(child, moved);
  await loseInPlace(child, folder.path('before'));
  expect((await chainFiles(child)).map(({ identity }) => identity.path)).toEqual([child, moved]);
  expect(await compareDisks(child, moved)).toEqual({ equal: true });
});

it('takes what a file lacks at its end for zeros, as long as the log says it is', async () => {
  await using folder = await newFolder();
  const { dirty, before } = await lostDisk(folder, 'base');
  const { length } = await readFile(before);
  // The file was not grown on storage: payload that nobody flushed is lost with it.
  await truncate(dirty, length);
  const content = await contentOf(dirty);
  expect(content.subarray(4 * MIB, 7 * MIB).equals(Buffer.alloc(3 * MIB))).toBe(true);
  expect(content.subarray(0, MIB).equals(pattern(MIB, 1))).toBe(true);
  await write(dirty, 7 * MIB, pattern(512, 5));
  pattern(512, 5).copy(content, 7 * MIB);
  expect((await contentOf(dirty)).equals(content)).toBe(true);
});

it('merges what was not closed', async () => {
  await using folder = await newFolder();
  const { dirty, whole } = await lostDisk(folder, 'child');
  const expected = await contentOf(whole);
  await mergeIntoParent(dirty);
  expect((await contentOf(folder.path('base.vhdx'))).equals(expected)).toBe(true);
});

it('replays the newest sequence that is whole, and of it what is not carried out yet', async () => {
  await using folder = await newFolder();
  const disk = folder.path('disk.vhdx');
  await createDisk(disk, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await write(disk, 0, pattern(4 * MIB, 1));
  const fileBytes = PAYLOAD + 4 * MIB;
  const sizes = { flushedFileOffset: fileBytes, lastFileOffset: fileBytes };
  // Each entry moves the first block to another place, by which is seen whether it was carried out.
  const bat = (mebibytes: number) => {
    const bytes = Buffer.alloc(SECTOR);
    for (let block = 0; block < 4; block++)
      batEntry(6, block === 0 ? mebibytes : 4 + block).copy(bytes, 8 * block);
    return [{ at: BAT, bytes }];
  };
  const seen = async () => {
    const first = (await contentOf(disk)).subarray(0, 512);
    const wanted = [0, 1, 2, 3].map((block) =>
      pattern(4 * MIB, 1)
        .subarray(block * MIB)
        .subarray(0, 512),
    );
    return wanted.findIndex((bytes) => bytes.equals(first));
  };
  const put = async (at: number, number: bigint, more: object) =>
    putIntoLog(disk, at, encodeEntry({ number, tail: at, updates: [], ...sizes, ...more }));
  await nameLog(disk);
  await put(0, 5n, { updates: bat(5) });
  expect(await seen()).toBe(1);
  // Of another time, though its number is higher.
  await put(16 * SECTOR, 9n, { updates: bat(6), guid: Buffer.alloc(16, 9) });
  expect(await seen()).toBe(1);
  // Its tail is not there any more.
  await put(32 * SECTOR, 20n, { updates: bat(6), tail: 31 * SECTOR });
  expect(await seen()).toBe(1);
  // Goes on from the first one, and round nothing.
  await put(2 * SECTOR, 6n, { updates: bat(6), tail: 0 });
  expect(await seen()).toBe(2);
  // A gap in the numbers: another sequence, of which the tail is missing.
  await put(4 * SECTOR, 8n, { updates: bat(7), tail: 0 });
  expect(await seen()).toBe(2);
  // Begins in the last sector of the log, and ends in the first ones.
  await put(255 * SECTOR, 30n, { updates: bat(7) });
  expect(await seen()).toBe(3);
  // What stands before the tail was carried out long ago, and may be out of date.
  await put(100 * SECTOR, 40n, { updates: [{ at: METADATA, bytes: Buffer.alloc(SECTOR) }] });
  await put(102 * SECTOR, 41n, { updates: bat(6), tail: 102 * SECTOR });
  expect(await seen()).toBe(2);
  // Zeros and sectors of one place count in their order.
  const zeros = { at: BAT, zeros: 2 * SECTOR };
  await put(104 * SECTOR, 42n, { updates: [...bat(5), zeros, ...bat(7)], tail: 104 * SECTOR });
  expect(await seen()).toBe(3);
  await put(108 * SECTOR, 43n, { updates: [...bat(5), zeros], tail: 108 * SECTOR });
  expect(await extentsOf(disk)).toEqual([]);
  {
    await using writer = await openForWriting(disk);
    await writer.flush();
  }
  expect((await readFile(disk)).subarray(BAT, BAT + MIB).equals(Buffer.alloc(MIB))).toBe(true);
});

it('reads the same wherever the entries lie, and whatever lies between them', async () => {
  await using folder = await newFolder();
  const { before, whole } = await lostDisk(folder, 'child');
  const expected = await contentOf(whole);
  const dirty = folder.path('again.vhdx');
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        start: fc.integer({ min: 0, max: 255 }).map((sector) => sector * SECTOR),
        number: fc.bigInt({ min: 1n, max: 2n ** 64n - 300n }),
        updatesAnEntry: fc.integer({ min: 1, max: 20 }),
      }),
      fc.uint8Array({ minLength: 1, maxLength: 64, size: 'max' }),
      async (shape, junk) => {
        await copyFile(whole, dirty);
        await putIntoLog(dirty, 0, Buffer.alloc(MIB, Buffer.concat([Buffer.from('loge'), junk])));
        const entries = await loseInPlace(dirty, before, shape);
        expect((await contentOf(dirty)).equals(expected)).toBe(true);
        // One more that was torn: it was never complete, so it does not count.
        const last = entries.at(-1);
        if (last === undefined) throw new Error('There are entries');
        const { at, entry } = last;
        const torn = encodeEntry({ ...entry, number: entry.number + 1n });
        const place = at + encodeEntry(entry).length;
        await putIntoLog(dirty, place, torn.subarray(0, torn.length - SECTOR));
        await putIntoLog(dirty, place + torn.length - SECTOR, Buffer.alloc(SECTOR, 1));
        expect((await contentOf(dirty)).equals(expected)).toBe(true);
      },
    ),
    { numRuns: 12 },
  );
});
