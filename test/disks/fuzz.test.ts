/** The fuzzer itself: it finds what was planted, and what it found once stays mended. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newFolder, sha256 } from './folder.ts';
import { caseOf } from './fuzz/cases.ts';
import { makeDisks } from './fuzz/disks.ts';
import { FINDS_FOLDER, type Find, fuzz, keepFinds } from './fuzz/fuzz.ts';
import { lookAt, readDisk } from './fuzz/look.ts';

const PLANTED = new URL('fuzz/planted.ts', import.meta.url).href;
const SECONDS_MAX = 60;
/** Some seconds; the suite of chaos has a minute. */
const CASES = 200;

describe('the fuzzer', () => {
  it('draws the same case from the same seed', () => {
    const cases = (seed: number) => Array.from({ length: 50 }, (_, index) => caseOf(seed, index));
    expect(cases(7)).toEqual(cases(7));
    expect(cases(7)).not.toEqual(cases(8));
  });

  it('finds a planted bug within its minute, and keeps it with its seed and case', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const fuzzed = await fuzz({ seed, seconds: SECONDS_MAX, reader: PLANTED, findsMax: 1 });
    const [find] = fuzzed.finds;
    expect(find).toMatchObject({ seed, what: expect.stringContaining('Invalid array length') });
    await using folder = await newFolder();
    await keepFinds(folder.path('finds'), fuzzed.finds);
    const [name = ''] = await readdir(folder.path('finds'));
    const kept = JSON.parse(await readFile(join(folder.path('finds'), name), 'utf8')) as Find;
    expect(kept.case).toEqual(caseOf(seed, find?.index ?? -1));
  }, 90_000);

  it.each([
    'while (true);',
    "throw new TypeError('planted')",
    'process.exit(7)',
    'Buffer.alloc(2 ** 30)',
  ])('finds a reader that does: %s', async (deed) => {
    await using folder = await newFolder();
    const reader = folder.path('reader.ts');
    await writeFile(reader, `export const read = async () => { ${deed}; };`);
    const fuzzed = await fuzz({ seed: 1, seconds: 30, reader, findsMax: 1, caseSecondsMax: 2 });
    expect(fuzzed.finds.length).toBeGreaterThan(0);
  });

  it('leaves the disks as they were before each case', async () => {
    await using folder = await newFolder();
    const disks = await makeDisks(folder);
    const sums = async () =>
      await Promise.all([...disks.values()].flat().map(({ path }) => sha256(path)));
    const before = await sums();
    for (let index = 0; index < 60; index++) await lookAt(disks, caseOf(3, index), readDisk);
    expect(await sums()).toEqual(before);
  });
});

it('reads or refuses whatever it is told, a little of it each time', async () => {
  await using folder = await newFolder();
  const disks = await makeDisks(folder);
  const seed = Math.floor(Math.random() * 2 ** 31);
  for (let index = 0; index < CASES; index++) {
    const { find } = await lookAt(disks, caseOf(seed, index), readDisk);
    expect({ seed, index, find }).toEqual({ seed, index, find: undefined });
  }
});

it('reads or refuses every disk that it found once', async () => {
  await using folder = await newFolder();
  const disks = await makeDisks(folder);
  const names = (await readdir(FINDS_FOLDER)).filter((name) => name.endsWith('.json'));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const find = JSON.parse(await readFile(join(FINDS_FOLDER, name), 'utf8')) as Find;
    const { find: what } = await lookAt(disks, find.case, readDisk);
    expect([name, what]).toEqual([name, undefined]);
  }
});
