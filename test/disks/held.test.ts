/** The map's sectors that wait for a flush: few, seen by who reads here, and on storage after it. */

import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { createDisk } from '../../src/disks/create.ts';
import { Storage } from '../../src/disks/storage.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, MIB, newFolder, openVhdx, pattern } from './folder.ts';

it('flushes by itself before too many sectors of the map are held', async () => {
  await using folder = await newFolder();
  const path = folder.path('b.vhdx');
  const blocks = 4200;
  // Each written block has its entry in another sector of the table.
  const stride = 64 * MIB;
  await createDisk(path, { virtualBytes: blocks * stride, blockBytes: MIB });
  await using file = await openVhdx(path);
  const writer = file.writer();
  let most = 0;
  for (let block = 0; block < blocks; block++) {
    await writer.write(block * stride, pattern(512, block));
    most = Math.max(most, file.storage.heldSectors);
  }
  expect(most).toBe(4096);
  expect(file.storage.heldSectors).toBe(blocks - 4096);
  await writer.flush();
  expect(file.storage.heldSectors).toBe(0);
  expect(await file.allocatedBytes()).toBe(blocks * MIB);
});

it('reads what is held, also while it leaves for the file and afterwards', async () => {
  await using folder = await newFolder();
  const path = folder.path('f');
  await using storage = await Storage.open(path, 'wx');
  await storage.growTo(MIB);
  const bytes = pattern(1000, 1);
  const look = async () => {
    const found = Buffer.alloc(1000);
    await storage.read(700, found, 'map');
    expect(found.equals(bytes)).toBe(true);
    expect((await storage.cached(700, 1000)).equals(bytes)).toBe(true);
    storage.forget();
    expect((await storage.cached(700, 1000)).equals(bytes)).toBe(true);
  };
  await storage.hold(700, bytes);
  await look();
  expect((await readFile(path)).equals(Buffer.alloc(MIB))).toBe(true);
  let isFlushed = false;
  const flushed = storage.flush().then(() => {
    isFlushed = true;
  });
  while (!isFlushed) await look();
  await flushed;
  await look();
  expect((await readFile(path)).subarray(700, 1700).equals(bytes)).toBe(true);
});

it('writes what is held when it is closed', async () => {
  await using folder = await newFolder();
  const path = folder.path('b.vhdx');
  await createDisk(path, { virtualBytes: 4 * MIB });
  {
    await using disk = await openForWriting(path);
    await disk.write(MIB, pattern(MIB, 1));
  }
  expect((await contentOf(path)).subarray(MIB, 2 * MIB).equals(pattern(MIB, 1))).toBe(true);
});

it.each(['vhdx', 'vhd'] as const)(
  '%s: a last block that is not whole leaves nothing of the block whose place it takes',
  async (format) => {
    await using folder = await newFolder();
    const path = folder.path(`b.${format}`);
    await createDisk(path, { virtualBytes: 2 * MIB + 4096, blockBytes: MIB, format });
    const old = pattern(MIB, 1);
    {
      await using disk = await openForWriting(path);
      await disk.write(0, old);
      await disk.zero(0, MIB);
      await disk.flush();
      await disk.write(2 * MIB, pattern(4096, 2));
    }
    // Patterns repeat themselves, and this is no part of the new one.
    expect((await readFile(path)).includes(old.subarray(10_000, 10_064))).toBe(false);
  },
);
