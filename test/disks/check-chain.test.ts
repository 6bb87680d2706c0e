/** What is wrong between the files of a chain: a check names the file and where its parent is named. */

import { link, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkDisk } from '../../src/disks/check/check.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { encodeLocator } from '../../src/disks/vhdx/locator.ts';
import { type Folder, MIB, newFolder } from './folder.ts';
import { HEADERS, ITEMS, METADATA, put } from './harm.ts';
import { spoilStart } from './vhd-harm.ts';

const [HEADER_1 = 0] = HEADERS;

let folder: Folder;

beforeAll(async () => {
  folder = await newFolder();
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

describe.each(['vhdx', 'vhd'] as const)('a check of a chain of %s', (format) => {
  const names = () => ({
    base: folder.path(`1.${format}`),
    middle: folder.path(`2.a${format}`),
    leaf: folder.path(`3.a${format}`),
  });

  beforeAll(async () => {
    const { base, middle, leaf } = names();
    await createDisk(base, { virtualBytes: 8 * MIB, format });
    await createChild(middle, base);
    await createChild(leaf, middle);
  });

  it('looks at every file, and finds nothing when all is well', async () => {
    const { base, middle, leaf } = names();
    expect(await checkDisk(leaf)).toEqual({
      files: [leaf, middle, base],
      findings: [],
      more: 0,
      isSound: true,
    });
  });

  it('finds a parent that was replaced, and goes on below it', async () => {
    const { base, middle, leaf } = names();
    const kept = folder.path('kept');
    await rename(base, kept);
    await createDisk(base, { virtualBytes: 8 * MIB, format });
    if (format === 'vhdx') await put(HEADER_1 + 20, [9])(base);
    else await spoilStart(base);
    const check = await checkDisk(leaf);
    await rename(kept, base);
    expect(check.isSound).toBe(false);
    expect(check.files).toEqual([leaf, middle, base]);
    expect(check.findings.map(({ code, facts }) => [code, facts.file])).toEqual([
      [format === 'vhdx' ? 'vhdx-header-checksum' : 'vhd-footer-checksum', base],
      ['disk-wrong-parent', middle],
    ]);
    expect(check.findings[1]?.facts.offset).toBeGreaterThan(0);
  });

  it('finds a parent that is missing, that is no disk, and that is of the other format', async () => {
    const { base, middle, leaf } = names();
    const kept = folder.path('kept');
    await rename(base, kept);
    const missing = await checkDisk(leaf);
    await writeFile(base, 'Dear Sir');
    const noDisk = await checkDisk(leaf);
    await rm(base);
    const other = format === 'vhdx' ? 'vhd' : 'vhdx';
    await createDisk(base, { virtualBytes: 8 * MIB, format: other });
    const mixed = await checkDisk(leaf);
    await rm(base);
    await rename(kept, base);
    const told = [missing, noDisk, mixed].map(({ findings }) => findings.map(({ code }) => code));
    expect(told).toEqual([['disk-parent-missing'], ['disk-not-a-disk'], ['disk-formats-differ']]);
    expect(missing.findings[0]?.facts).toMatchObject({ file: middle, looked: expect.anything() });
    expect(noDisk.findings[0]?.facts.file).toBe(base);
  });

  it('finds a loop, however its files are linked', async () => {
    const { base, middle, leaf } = names();
    const kept = folder.path('kept');
    await rename(base, kept);
    await link(leaf, base);
    const check = await checkDisk(leaf);
    // The linked file names its parent from where it stands, and is its own grandchild.
    await rm(base);
    await rename(kept, base);
    const codes = check.findings.map(({ code }) => code);
    expect(codes).toContain('disk-wrong-parent');
    expect(codes).toContain('disk-chain-loop');
    expect(check.files.length).toBeLessThanOrEqual(3);
    expect(check.files).toContain(middle);
  });
});

it('finds a child that names itself', async () => {
  const base = folder.path('self-base.vhdx');
  const child = folder.path('self.avhdx');
  await createDisk(base, { virtualBytes: 4 * MIB });
  await createChild(child, base);
  const locator = encodeLocator(
    new Map([
      ['parent_linkage', '{00000000-0000-0000-0000-000000000001}'],
      ['relative_path', '.\\self.avhdx'],
    ]),
  );
  await put(ITEMS + 40, locator)(child);
  await put(METADATA + 32 + 5 * 32 + 20, [locator.length & 255, locator.length >> 8])(child);
  const { findings } = await checkDisk(child);
  expect(findings).toMatchObject([{ code: 'disk-chain-loop', facts: { offset: ITEMS + 40 } }]);
});
