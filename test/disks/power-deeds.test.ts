/** A power cut while a chain is merged, gets another parent, or is made: old or new, and it can go on. */

import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDisk } from '../../src/disks/check/check.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { contentOf, MIB, newFolder, write } from './folder.ts';
import { afterCut, type Chance, chanceOf, happenedBefore, recorded } from './power.ts';
import { expectReadable, KINDS, makeDisk } from './power-disks.ts';

const NEW = KINDS.filter((kind) => !('child' in kind));

/** Does `act` to these files, and cuts it off at its start, its end and between; `expectation` is to hold. */
async function cutOff(
  paths: readonly string[],
  act: () => Promise<void>,
  expectation: () => Promise<void>,
): Promise<void> {
  const before = await Promise.all(paths.map((path) => readFile(path)));
  const happenings = await recorded(paths, act);
  const expectAfter = async (happened: typeof happenings, chance: Chance) => {
    for (const [file, path] of paths.entries()) {
      const was = before[file] ?? Buffer.alloc(0);
      await writeFile(path, afterCut(happened, { file, before: was, chance }));
    }
    await expectation();
  };
  await expectAfter([], chanceOf(0));
  await expectAfter(happenings, chanceOf(0));
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const chance = chanceOf(seed);
      await expectAfter(happenedBefore(happenings, chance), chance);
    }),
    { numRuns: 15, endOnFailure: true },
  );
}

it.each(['vhdx', 'vhd'] as const)('%s: a merge is cut off, and done again', async (format) => {
  await using folder = await newFolder();
  const child = await makeDisk(folder, { format, type: 'differencing' });
  const base = folder.path(`base.${format}`);
  const content = await contentOf(child);
  await cutOff(
    [base, child],
    () => mergeIntoParent(child),
    async () => {
      expect((await expectReadable(child)).equals(content)).toBe(true);
      await mergeIntoParent(child);
      expect((await contentOf(base)).equals(content)).toBe(true);
    },
  );
});

it.each(['vhdx', 'vhd'] as const)(
  '%s: a child has its old parent or its new one',
  async (format) => {
    await using folder = await newFolder();
    const child = await makeDisk(folder, { format, type: 'differencing' });
    const base = folder.path(`base.${format}`);
    const other = folder.path(`other.${format}`);
    await copyFile(base, other);
    const content = await contentOf(child);
    const named = new Set<string | undefined>();
    await cutOff(
      [child],
      () => reparent(child, other),
      async () => {
        expect((await expectReadable(child)).equals(content)).toBe(true);
        named.add((await checkDisk(child)).files.at(-1));
        await write(child, 0, content.subarray(0, 512));
        await reparent(child, other);
        expect((await expectReadable(child)).equals(content)).toBe(true);
      },
    );
    expect(named).toEqual(new Set([base, other]));
  },
);

it.each(NEW)('$format, $type: a new disk is whole, or none', async (kind) => {
  await using folder = await newFolder();
  const { format, type } = kind;
  const path = folder.path(`new.${format}`);
  const base = folder.path(`base.${format}`);
  const shape = { virtualBytes: MIB, blockBytes: MIB, format };
  await createDisk(base, shape);
  await writeFile(path, '');
  const found = { whole: 0, none: 0 };
  await cutOff(
    [path],
    async () => {
      await rm(path);
      if (type === 'differencing') await createChild(path, base);
      else await createDisk(path, { ...shape, type });
    },
    async () => {
      try {
        const content = await expectReadable(path);
        expect(content.equals(Buffer.alloc(MIB))).toBe(true);
        found.whole++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'disk-not-a-disk' });
        found.none++;
      }
    },
  );
  expect(Math.min(found.none, found.whole)).toBeGreaterThan(0);
});
