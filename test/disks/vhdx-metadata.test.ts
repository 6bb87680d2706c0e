/** Metadata of VHDX files: what others put there is kept, and where parents are looked for. */

import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { chainFiles, describeFile } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { parentPaths } from '../../src/disks/vhdx/locator.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, MIB, newFolder, openVhdx, pattern, write } from './folder.ts';
import { bothHeaders, ITEMS, KIB, METADATA, put } from './harm.ts';

/** Adds an entry to the metadata table of a file of ours: an item whose meaning nobody here knows. */
async function addItem(
  path: string,
  item: { id: number; flags: number; at: number; text: string },
) {
  await using file = await open(path, 'r+');
  const head = Buffer.alloc(32);
  await file.read(head, 0, 32, METADATA);
  const count = head.readUInt16LE(10);
  head.writeUInt16LE(count + 1, 10);
  await file.write(head, 0, 32, METADATA);
  const bytes = Buffer.alloc(32);
  bytes.fill(item.id, 0, 16);
  bytes.writeUInt32LE(64 * KIB + item.at, 16);
  bytes.writeUInt32LE(item.text.length, 20);
  bytes.writeUInt32LE(item.flags, 24);
  await file.write(bytes, 0, 32, METADATA + 32 + 32 * count);
  await file.write(Buffer.from(item.text), 0, item.text.length, ITEMS + item.at);
}

/** The items of a file that are none of VHDX's own, by id. */
async function unknownItems(path: string): Promise<Record<string, string>> {
  await using file = await openVhdx(path);
  const found: Record<string, string> = {};
  for (const { id, offset, length } of file.metadata.items.values()) {
    if (!/^(.)\1{7}-/.test(id)) continue;
    const bytes = Buffer.alloc(length);
    await file.storage.read(METADATA + offset, bytes, 'item');
    found[id.slice(0, 2)] = bytes.toString();
  }
  return found;
}

it('keeps metadata that it does not know, and gives a child what is of the disk', async () => {
  await using folder = await newFolder();
  const [base, child] = ['b.vhdx', 'c.avhdx'].map(folder.path) as [string, string];
  await createDisk(base, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await addItem(base, { id: 0x11, flags: 2, at: 1000, text: 'of the disk' });
  await addItem(base, { id: 0x22, flags: 0, at: 2000, text: 'of the file' });
  await addItem(base, { id: 0x33, flags: 3, at: 3000, text: "a user's" });
  const ofDisk = { '11': 'of the disk', '33': "a user's" };
  await write(base, 0, pattern(MIB, 1));
  expect(await unknownItems(base)).toEqual({ ...ofDisk, '22': 'of the file' });
  await createChild(child, base);
  expect(await unknownItems(child)).toEqual(ofDisk);
  await addItem(child, { id: 0x44, flags: 0, at: 5000, text: 'beside the locator' });
  await addItem(child, { id: 0x55, flags: 2, at: 6000, text: 'put there later' });
  for (let time = 0; time < 3; time++) await reparent(child, base);
  await write(child, 0, pattern(512, 2));
  await mergeIntoParent(child);
  const ofChild = { '44': 'beside the locator', '55': 'put there later' };
  expect(await unknownItems(child)).toEqual({ ...ofDisk, ...ofChild });
  // A merge takes content over, and leaves the base's own items as they are.
  expect(await unknownItems(base)).toEqual({ ...ofDisk, '22': 'of the file' });
});

it('says when the metadata of a parent has no room in a child', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  await createDisk(base, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await addItem(base, { id: 0x11, flags: 2, at: 1000, text: 'x'.repeat(600 * KIB) });
  await expect(createChild(folder.path('c.avhdx'), base)).rejects.toMatchObject({
    code: 'disk-metadata-full',
  });
});

it('looks for a parent beside the child, then by its volume, then by its whole path', async () => {
  const locator = new Map([
    ['absolute_win32_path', '\\\\?\\D:\\vms\\b.vhdx'],
    ['volume_path', '\\\\?\\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\\vms\\b.vhdx'],
    ['relative_path', '..\\b.vhdx'],
  ]);
  const child = resolve('vms', 'snapshots', 'c.avhdx');
  const folder = resolve('vms', 'snapshots');
  expect(parentPaths(child, locator)).toEqual([
    resolve('vms', 'b.vhdx'),
    resolve(folder, '\\\\?\\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\\vms\\b.vhdx'),
    resolve(folder, 'D:\\vms\\b.vhdx'),
  ]);
  await using files = await newFolder();
  const [base, leaf] = ['b.vhdx', 'c.avhdx'].map(files.path) as [string, string];
  await createDisk(base, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await createChild(leaf, base);
  const { linkage } = (await describeFile(base)).identity;
  await mkdir(files.path('volume'));
  await mkdir(files.path('absolute'));
  const places = ['volume', 'absolute'].map((name) => files.path(`${name}/b.vhdx`));
  for (const place of places) await copyFile(base, place);
  {
    await using file = await openVhdx(leaf);
    await file.writeLocator(
      new Map([
        ['parent_linkage', `{${linkage}}`],
        ['absolute_win32_path', places[1] as string],
        ['volume_path', places[0] as string],
        ['relative_path', '.\\b.vhdx'],
      ]),
    );
  }
  for (const place of [base, ...places]) {
    expect((await chainFiles(leaf)).at(-1)?.identity.path).toBe(place);
    await rm(place);
  }
  await expect(chainFiles(leaf)).rejects.toMatchObject({ facts: { looked: [base, ...places] } });
});

it('refuses to write where the numbers of the headers end', async () => {
  await using folder = await newFolder();
  const path = folder.path('b.vhdx');
  await createDisk(path, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await bothHeaders((bytes) => bytes.writeBigUInt64LE(2n ** 64n - 2n, 8))(path);
  // Two different headers of one number are none.
  await put(64 * KIB, Buffer.alloc(4))(path);
  expect((await contentOf(path)).equals(Buffer.alloc(4 * MIB))).toBe(true);
  await using disk = await openForWriting(path);
  await expect(disk.write(0, pattern(512, 1))).rejects.toMatchObject({ code: 'disk-damaged' });
});
