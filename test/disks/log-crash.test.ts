/** A log is carried out so that a death, or a loss of power, at any point of it changes nothing. */

import { copyFile, readFile, truncate } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { chainFiles, describeFile } from '../../src/disks/chain.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { changesOf, diesAfter, WRITES_MAX } from './dying.ts';
import { contentOf, MIB, newFolder } from './folder.ts';
import { HEADERS, METADATA } from './harm.ts';
import { lostDisk, nameLog } from './log-writer.ts';

it('carries the log out before it writes, and a death at any write of that changes nothing', async () => {
  await using folder = await newFolder();
  const { dirty, before, whole } = await lostDisk(folder, 'child');
  await truncate(dirty, (await readFile(before)).length + MIB);
  const expected = await contentOf(dirty);
  const linkage = (await describeFile(whole)).identity.linkage;
  const act = async (path: string) => {
    await using disk = await openForWriting(path);
    await disk.flush();
  };
  let deaths = 0;
  for (; ; deaths++) {
    expect(deaths).toBeLessThan(WRITES_MAX);
    const died = folder.path(`died-${deaths}.vhdx`);
    await copyFile(dirty, died);
    const isDead = await diesAfter(deaths, () => act(died));
    expect((await contentOf(died)).equals(expected)).toBe(true);
    await chainFiles(died);
    await act(died);
    expect((await contentOf(died)).equals(expected)).toBe(true);
    // The content is the same, and its log is empty.
    const { identity } = await describeFile(died);
    expect(identity.linkage).toBe(linkage);
    await nameLog(died, Buffer.alloc(16));
    expect((await contentOf(died)).equals(expected)).toBe(true);
    if (!isDead) break;
  }
  expect(deaths).toBeGreaterThan(3);
});

it('has all that the log holds on storage before a header says that it is empty', async () => {
  await using folder = await newFolder();
  const { dirty } = await lostDisk(folder, 'child');
  const changes = await changesOf(async () => {
    await using disk = await openForWriting(dirty);
    await disk.read(0, Buffer.alloc(512));
  });
  const [first, second] = HEADERS.map((place) => changes.indexOf(place)) as [number, number];
  expect(
    Math.max(...changes.slice(0, Math.min(first, second)).filter(Number.isInteger).map(Number)),
  ).toBeGreaterThan(METADATA);
  expect(changes.slice(Math.min(first, second) - 1)).toEqual([
    'flush',
    expect.any(Number),
    'flush',
    expect.any(Number),
    'flush',
  ]);
});
