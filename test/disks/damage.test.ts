/** What is cut off, damaged or no disk gets one clear verdict, and reading never changes a file. */

import { copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chainFiles, describeFile, openChain } from '../../src/disks/chain.ts';
import { createDisk } from '../../src/disks/create.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { Verdict } from '../../src/domain/problem.ts';
import { textOf } from '../../src/texts/catalogue.ts';
import { DAMAGES } from './damages.ts';
import { contentOf, type Folder, MIB, newFolder, pattern, sha256, write } from './folder.ts';
import { HEADERS, put, REGION_TABLES } from './harm.ts';
import { newPair, type Pair } from './harmed-pair.ts';
import { VHD_DAMAGES } from './vhd-damages.ts';

const MATRICES = [
  { format: 'vhdx' as const, damages: DAMAGES },
  { format: 'vhd' as const, damages: VHD_DAMAGES },
];

describe.each(MATRICES)('a damaged $format', ({ format, damages }) => {
  let folder: Folder;
  let files: Pair;

  beforeAll(async () => {
    folder = await newFolder();
    files = await newPair(folder, format);
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it.each(damages)('is named, not read: $name', async ({ code, facts, on, harm }) => {
    const path = folder.path(on === 'child' ? `harmed.a${format}` : `harmed.${format}`);
    await copyFile(on === 'child' ? files.child : files.base, path);
    await harm(path);
    const before = await sha256(path);
    const error = await chainFiles(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Verdict);
    const verdict = error as Verdict;
    expect(verdict).toMatchObject({ code, facts: { file: path, ...facts } });
    const { text, remedy } = textOf(verdict);
    expect(text).toContain(path);
    expect(text).not.toContain('undefined');
    expect(remedy.length).toBeGreaterThan(10);
    // Whole content is never handed out silently either, but for two blocks in one place.
    if (facts?.what !== 'two blocks in one place of the file') {
      await expect(contentOf(path)).rejects.toBeInstanceOf(Verdict);
    }
    expect(await sha256(path)).toBe(before);
  });

  it('leaves every file as it was when it is read, listed, exported and compared', async () => {
    const before = [await sha256(files.base), await sha256(files.child)];
    await chainFiles(files.child);
    await contentOf(files.child);
    await exportRaw(files.child, folder.path('raw'));
    await compareDisks(files.child, files.base);
    {
      await using disk = await openChain(files.child, { above: files.base });
      await Array.fromAsync(disk.extents());
    }
    // Opened for writing, but not written.
    await using disk = await openForWriting(files.child);
    await disk.read(0, Buffer.alloc(MIB));
    expect([await sha256(files.base), await sha256(files.child)]).toEqual(before);
  });
});

it('is read by what is left: one header, one region table', async () => {
  await using folder = await newFolder();
  const base = folder.path('base.vhdx');
  await createDisk(base, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await write(base, 0, pattern(2 * MIB, 1));
  const path = folder.path('half.vhdx');
  for (const [header, table] of [
    [0, 1],
    [1, 0],
  ] as const) {
    await copyFile(base, path);
    await put((HEADERS[header] as number) + 9, [0xff])(path);
    await put((REGION_TABLES[table] as number) + 9, [0xff])(path);
    expect(await compareDisks(path, base)).toEqual({ equal: true });
    // Both headers of a file that we closed name the same content.
    const [half, whole] = [await describeFile(path), await describeFile(base)];
    expect(half.identity.linkage).toBe(whole.identity.linkage);
  }
});
