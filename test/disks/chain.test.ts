/** Chains: which files belong together, and how a parent is found. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { chainFiles, describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { exportRaw } from '../../src/disks/flat.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { locatorFor } from '../../src/disks/vhdx/locator.ts';
import { locatorItem } from '../../src/disks/vhdx/metadata.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, extentsOf, MIB, newFolder, openVhdx, pattern, write } from './folder.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SIZE = { virtualBytes: 4 * MIB, blockBytes: MIB };

async function chainOf(names: readonly string[], path: (name: string) => string) {
  const paths = names.map(path);
  for (const [index, name] of paths.entries()) {
    const parent = paths[index - 1];
    if (parent === undefined) await createDisk(name, SIZE);
    else await createChild(name, parent);
    await write(name, index * 4096, pattern(512, index + 1));
  }
  return paths as [string, string, string];
}

it('describes a new disk and its child as they were asked for', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhdx');
  const child = folder.path('c.avhdx');
  const diskId = '0AF4B5C1-1111-4222-8333-444455556666';
  await createDisk(base, { virtualBytes: 100 * MIB, logicalSectorBytes: 4096, diskId });
  await createChild(child, base);
  const described = await describeFile(base);
  expect(described).toMatchObject({
    format: 'vhdx',
    type: 'dynamic',
    virtualBytes: 100 * MIB,
    blockBytes: 32 * MIB,
    logicalSectorBytes: 4096,
    physicalSectorBytes: 4096,
    diskId: diskId.toLowerCase(),
    allocatedBytes: 0,
    fileBytes: 4 * MIB,
    identity: { path: base, linkage: expect.stringMatching(GUID) },
  });
  expect(described.parent).toBeUndefined();
  expect(await describeFile(child)).toMatchObject({
    type: 'differencing',
    blockBytes: 2 * MIB,
    diskId: diskId.toLowerCase(),
    parent: described.identity,
  });
});

it('refuses to overwrite a file, and to make a disk that cannot be', async () => {
  await using folder = await newFolder();
  const path = folder.path('b.vhdx');
  await writeFile(path, 'precious');
  await expect(createDisk(path, SIZE)).rejects.toMatchObject({ code: 'disk-exists' });
  expect(await readFile(path, 'utf8')).toBe('precious');
  const base = folder.path('base.vhdx');
  await createDisk(base, SIZE);
  await expect(createChild(path, base)).rejects.toMatchObject({ code: 'disk-exists' });
  await expect(exportRaw(base, path)).rejects.toMatchObject({ code: 'disk-exists' });
  expect(await readFile(path, 'utf8')).toBe('precious');
  for (const wrong of [{ virtualBytes: 511 }, { ...SIZE, blockBytes: 3 * MIB }]) {
    const missing = folder.path('missing.vhdx');
    await expect(createDisk(missing, wrong)).rejects.toBeInstanceOf(RangeError);
    await expect(describeFile(missing)).rejects.toMatchObject({ code: 'disk-missing' });
  }
});

it('gives the content a new linkage with the first write after opening, and not before', async () => {
  await using folder = await newFolder();
  const path = folder.path('b.vhdx');
  await createDisk(path, SIZE);
  const linkage = async () => (await describeFile(path)).identity.linkage;
  const first = await linkage();
  await using disk = await openForWriting(path);
  await disk.flush();
  expect(await linkage()).toBe(first);
  await disk.write(0, pattern(512, 1));
  const second = await linkage();
  expect(second).not.toBe(first);
  await disk.zero(512, 512);
  expect(await linkage()).toBe(second);
  await write(path, 0, pattern(512, 1));
  expect(await linkage()).not.toBe(second);
});

it('finds parents beside a chain that was moved, and in the old place when they were not', async () => {
  await using folder = await newFolder();
  await mkdir(folder.path('old'));
  await mkdir(folder.path('new'));
  const [base, , leaf] = await chainOf(['old/b.vhdx', 'old/m.avhdx', 'old/l.avhdx'], folder.path);
  const expected = await contentOf(leaf);
  const movedLeaf = folder.path('new/l.avhdx');
  await rename(leaf, movedLeaf);
  expect((await contentOf(movedLeaf)).equals(expected)).toBe(true);
  expect((await chainFiles(movedLeaf)).map((file) => file.identity.path).at(-1)).toBe(base);
  for (const name of ['b.vhdx', 'm.avhdx'])
    await rename(folder.path(`old/${name}`), folder.path(`new/${name}`));
  const files = await chainFiles(movedLeaf);
  expect(files.map((file) => file.identity.path)).toEqual(
    ['l.avhdx', 'm.avhdx', 'b.vhdx'].map((name) => folder.path(join('new', name))),
  );
  expect(files.slice(0, 2).map((file) => file.parent)).toEqual(
    files.slice(1).map((file) => file.identity),
  );
});

it('says which parent is missing, where it was looked for, and describes the child all the same', async () => {
  await using folder = await newFolder();
  const [base, middle, leaf] = await chainOf(['b.vhdx', 'm.avhdx', 'l.avhdx'], folder.path);
  await rm(base);
  await expect(openChain(leaf)).rejects.toMatchObject({
    code: 'disk-parent-missing',
    facts: { file: middle, looked: [base, base] },
  });
  expect((await describeFile(middle)).parent?.path).toBe(base);
});

it('refuses a parent that was written to after its child was made', async () => {
  await using folder = await newFolder();
  const [base, middle, leaf] = await chainOf(['b.vhdx', 'm.avhdx', 'l.avhdx'], folder.path);
  const { linkage } = (await describeFile(base)).identity;
  await write(base, 0, pattern(512, 9));
  const found = (await describeFile(base)).identity.linkage;
  const refusal = {
    code: 'disk-wrong-parent',
    facts: { file: middle, parent: base, expected: linkage, found },
  };
  for (const act of [openChain, chainFiles, openForWriting])
    await expect(act(leaf)).rejects.toMatchObject(refusal);
  await expect(mergeIntoParent(middle)).rejects.toMatchObject(refusal);
  // Reparenting is how an operator says that it is right all the same.
  await reparent(middle, base);
  expect((await chainFiles(leaf)).length).toBe(3);
});

it('bounds a chain that is a loop, or has no end', async () => {
  await using folder = await newFolder();
  const [, middle, leaf] = await chainOf(['b.vhdx', 'm.avhdx', 'l.avhdx'], folder.path);
  await expect(reparent(middle, leaf)).rejects.toMatchObject({ code: 'disk-chain-loop' });
  {
    // No command of ours makes this: a file that names itself.
    await using file = await openVhdx(leaf);
    await file.writeLocator(locatorFor(leaf, file));
  }
  await expect(chainFiles(leaf)).rejects.toMatchObject({
    code: 'disk-chain-loop',
    facts: { file: leaf, parent: leaf },
  });
  let path = folder.path('b2.vhdx');
  await createDisk(path, SIZE);
  for (let depth = 1; depth <= 64; depth++) {
    const child = folder.path(`deep-${depth}.avhdx`);
    await createChild(child, path);
    path = child;
  }
  await expect(openChain(path)).rejects.toMatchObject({
    code: 'disk-chain-too-long',
    facts: { filesMax: 64 },
  });
});

it('never writes a parent locator over the one that is in force', async () => {
  await using folder = await newFolder();
  const [base, middle] = await chainOf(['b.vhdx', 'm.avhdx', 'l.avhdx'], folder.path);
  await using file = await openVhdx(middle);
  const place = () => locatorItem(file.metadata)?.offset;
  const places = [place()];
  for (let time = 0; time < 3; time++) {
    await file.writeLocator(locatorFor(middle, (await describeFile(base)).identity));
    places.push(place());
  }
  // To and fro between two places, so the metadata never runs full.
  expect(new Set(places).size).toBe(2);
  expect(places).toEqual([places[0], places[1], places[0], places[1]]);
  expect((await describeFile(middle)).parent?.path).toBe(base);
});

it('refuses an ancestor that is none, and lists nothing above the leaf itself', async () => {
  await using folder = await newFolder();
  const [base, middle, leaf] = await chainOf(['b.vhdx', 'm.avhdx', 'l.avhdx'], folder.path);
  const other = folder.path('other.vhdx');
  await createDisk(other, SIZE);
  await expect(openChain(leaf, { above: other })).rejects.toMatchObject({
    code: 'disk-not-in-chain',
  });
  expect(await extentsOf(leaf, leaf)).toEqual([]);
  expect(await extentsOf(leaf, middle)).toEqual([{ offset: 8192, length: 512, kind: 'data' }]);
  expect(await extentsOf(leaf, base)).toEqual([
    { offset: 4096, length: 512, kind: 'data' },
    { offset: 8192, length: 512, kind: 'data' },
  ]);
});
