/** Merging, giving another parent, and comparing: what is in a disk after files were joined. */

import { rm, writeFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { chainFiles, describeFile } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { contentOf, extentsOf, MIB, newFolder, pattern, write, zero } from './folder.ts';

const SIZE = { virtualBytes: 4 * MIB, blockBytes: MIB };

it('shows what a child zeroed as zero, although its parent holds data there', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  const child = folder.path('c.avhdx');
  await createDisk(base, SIZE);
  await write(base, 0, pattern(4 * MIB, 1));
  await createChild(child, base, { blockBytes: MIB });
  await zero(child, MIB, 2 * MIB);
  expect(await extentsOf(child, base)).toEqual([{ offset: MIB, length: 2 * MIB, kind: 'zero' }]);
  expect((await describeFile(child)).allocatedBytes).toBe(0);
  await mergeIntoParent(child);
  expect(await extentsOf(base)).toEqual([
    { offset: 0, length: MIB, kind: 'data' },
    { offset: MIB, length: 2 * MIB, kind: 'zero' },
    { offset: 3 * MIB, length: MIB, kind: 'data' },
  ]);
});

it('merges the middle of a chain and gives the leaf its new parent, again and again', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  await createDisk(base, SIZE);
  let frozen = folder.path('0.avhdx');
  await createChild(frozen, base);
  for (let round = 1; round <= 6; round++) {
    await write(frozen, round * 8192, pattern(4096, round));
    const leaf = folder.path(`${round}.avhdx`);
    await createChild(leaf, frozen);
    const expected = await contentOf(leaf);
    await mergeIntoParent(frozen);
    await mergeIntoParent(frozen);
    await reparent(leaf, base);
    await rm(frozen);
    expect((await contentOf(leaf)).equals(expected)).toBe(true);
    const [, parent] = await chainFiles(leaf);
    expect(parent?.identity.path).toBe(base);
    frozen = leaf;
  }
  await expect(mergeIntoParent(base)).rejects.toMatchObject({ code: 'disk-has-no-parent' });
});

it('says where two disks differ first, in content or in size', async () => {
  await using folder = await newFolder();
  const [a, b, raw] = ['a.vhdx', 'b.vhdx', 'raw'].map(folder.path) as [string, string, string];
  await createDisk(a, SIZE);
  await createDisk(b, { ...SIZE, blockBytes: 2 * MIB });
  expect(await compareDisks(a, b)).toEqual({ equal: true });
  // Written zeros are no difference.
  await write(a, MIB, Buffer.alloc(4096));
  expect(await compareDisks(a, b)).toEqual({ equal: true });
  await write(
    b,
    3 * MIB + 512,
    Buffer.concat([Buffer.alloc(7), Buffer.from('x'), Buffer.alloc(504)]),
  );
  expect(await compareDisks(a, b)).toEqual({ equal: false, offset: 3 * MIB + 519 });
  expect(await compareDisks(b, a)).toEqual({ equal: false, offset: 3 * MIB + 519 });
  await exportRaw(a, raw);
  expect(await compareDisks(raw, a)).toEqual({ equal: true });
  await writeFile(raw, Buffer.alloc(4 * MIB + 1));
  expect(await compareDisks(a, raw)).toEqual({ equal: false, offset: 4 * MIB });
  await expect(compareDisks(a, folder.path('none'))).rejects.toMatchObject({
    code: 'disk-missing',
  });
  await writeFile(folder.path('broken.vhdx'), Buffer.alloc(4 * MIB));
  await expect(compareDisks(a, folder.path('broken.vhdx'))).rejects.toMatchObject({
    code: 'disk-not-a-disk',
  });
});
