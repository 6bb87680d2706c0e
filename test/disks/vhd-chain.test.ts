/** Chains of VHDs: how a child finds its parent, and what tells one state of a file from another. */

import { copyFile, mkdir, rename } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { chainFiles, describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, type Folder, MIB, newFolder, pattern, write } from './folder.ts';
import { HEADER_FIELD, header } from './vhd-harm.ts';

const SIZE = { virtualBytes: 4 * MIB, blockBytes: MIB, format: 'vhd' } as const;

async function chainOf(folder: Folder, names: readonly [string, string, string]) {
  const paths = names.map(folder.path) as [string, string, string];
  await createDisk(paths[0], SIZE);
  await write(paths[0], 0, pattern(2 * MIB, 1));
  await createChild(paths[1], paths[0]);
  await write(paths[1], 4096, pattern(512, 2));
  await createChild(paths[2], paths[1]);
  await write(paths[2], 8192, pattern(512, 3));
  return paths;
}

it('changes the identity with each change of content, and the child belongs to it all the same', async () => {
  await using folder = await newFolder();
  const [base, child] = await chainOf(folder, ['b.vhd', 'm.avhd', 'l.avhd']);
  const linkage = async () => (await describeFile(base)).identity.linkage;
  const first = await linkage();
  {
    await using disk = await openForWriting(base);
    await disk.flush();
    expect(await linkage()).toBe(first);
    await disk.write(0, pattern(512, 1));
  }
  const second = await linkage();
  expect(second).not.toBe(first);
  // However quickly it is written again: file systems know a time to some milliseconds.
  const states = new Set([first, second]);
  for (let time = 0; time < 20; time++) {
    await write(base, 0, pattern(512, 1));
    states.add(await linkage());
  }
  expect(states.size).toBe(22);
  // VHD has nothing that would tell the child: its linkage is the file's id alone.
  expect((await describeFile(child)).parent).toEqual((await describeFile(base)).identity);
  expect((await chainFiles(child))[0]?.parent).toEqual((await describeFile(base)).identity);
});

it('finds parents beside a chain that was moved, and in the old place when they were not', async () => {
  await using folder = await newFolder();
  await mkdir(folder.path('old'));
  await mkdir(folder.path('new'));
  const [base, middle, leaf] = await chainOf(folder, ['old/b.vhd', 'old/m.avhd', 'old/l.avhd']);
  const expected = await contentOf(leaf);
  const movedLeaf = folder.path('new/l.avhd');
  await rename(leaf, movedLeaf);
  expect((await contentOf(movedLeaf)).equals(expected)).toBe(true);
  await rename(base, folder.path('new/b.vhd'));
  await rename(middle, folder.path('new/m.avhd'));
  expect((await chainFiles(movedLeaf)).map(({ identity }) => identity.path)).toEqual(
    ['new/l.avhd', 'new/m.avhd', 'new/b.vhd'].map(folder.path),
  );
});

it('finds the parent by its name alone where there is no locator', async () => {
  await using folder = await newFolder();
  const [base, middle] = await chainOf(folder, ['b.vhd', 'm.avhd', 'l.avhd']);
  await header((bytes) => bytes.fill(0, HEADER_FIELD.locators, HEADER_FIELD.locators + 192))(
    middle,
  );
  expect((await chainFiles(middle)).at(-1)?.identity.path).toBe(base);
});

it('merges the middle of a chain and gives the leaf its new parent', async () => {
  await using folder = await newFolder();
  const [base, middle, leaf] = await chainOf(folder, ['b.vhd', 'm.avhd', 'l.avhd']);
  const expected = await contentOf(leaf);
  await mergeIntoParent(middle);
  await reparent(leaf, base);
  expect((await chainFiles(leaf)).map(({ identity }) => identity.path)).toEqual([leaf, base]);
  expect((await contentOf(leaf)).equals(expected)).toBe(true);
  await reparent(leaf, base);
  await mergeIntoParent(leaf);
  expect((await contentOf(base)).equals(expected)).toBe(true);
  await expect(reparent(base, middle)).rejects.toMatchObject({ code: 'disk-has-no-parent' });
  await expect(reparent(leaf, leaf)).rejects.toMatchObject({ code: 'disk-chain-loop' });
});

it('refuses a parent that is another file, or of another format, whatever it is called', async () => {
  await using folder = await newFolder();
  const [base, middle, leaf] = await chainOf(folder, ['b.vhd', 'm.avhd', 'l.avhd']);
  const vhdx = folder.path('x.vhdx');
  await createDisk(vhdx, { ...SIZE, format: 'vhdx' });
  await copyFile(vhdx, base);
  const refusal = {
    code: 'disk-formats-differ',
    facts: { file: middle, parent: base, format: 'vhd', parentFormat: 'vhdx' },
  };
  await expect(openChain(leaf)).rejects.toMatchObject(refusal);
  await expect(reparent(leaf, vhdx)).rejects.toMatchObject({ code: 'disk-formats-differ' });
  const other = folder.path('o.vhd');
  await createDisk(other, SIZE);
  await copyFile(other, base);
  await expect(openChain(leaf)).rejects.toMatchObject({ code: 'disk-wrong-parent' });
  // The content says what a file is: a child of a VHD by any name is a VHD.
  const child = folder.path('child.avhdx');
  await createChild(child, other);
  expect((await describeFile(child)).format).toBe('vhd');
});
