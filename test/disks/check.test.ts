/** Each damage is found by its name and place, whatever else is wrong, and sound disks have none. */

import { copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkDisk } from '../../src/disks/check/check.ts';
import { Problem } from '../../src/domain/problem.ts';
import { textsIn } from '../../src/texts/catalogue.ts';
import { VHD_FINDINGS, VHDX_FINDINGS } from './check-findings.ts';
import { DAMAGES } from './damages.ts';
import { type Folder, newFolder, sha256 } from './folder.ts';
import { newPair, type Pair } from './harmed-pair.ts';
import { VHD_DAMAGES } from './vhd-damages.ts';

const MATRICES = [
  { format: 'vhdx' as const, damages: DAMAGES, findings: VHDX_FINDINGS },
  { format: 'vhd' as const, damages: VHD_DAMAGES, findings: VHD_FINDINGS },
];

describe.each(MATRICES)('a check of a damaged $format', ({ format, damages, findings }) => {
  let folder: Folder;
  let files: Pair;

  beforeAll(async () => {
    folder = await newFolder();
    files = await newPair(folder, format);
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it.each(damages)('finds what is wrong with $name', async ({ name, code, on, harm }) => {
    const path = folder.path(on === 'child' ? `harmed.a${format}` : `harmed.${format}`);
    await copyFile(on === 'child' ? files.child : files.base, path);
    await harm(path);
    const before = await sha256(path);
    if (code === 'disk-not-a-disk') {
      await expect(checkDisk(path)).rejects.toMatchObject({ code });
      return;
    }
    const check = await checkDisk(path);
    expect(check).toMatchObject({ isSound: false, more: 0 });
    const found = check.findings.map((one) => `${one.code} ${one.facts.offset}`);
    if (findings[name] === undefined) expect(found.length).toBeGreaterThan(0);
    else expect(found).toEqual(findings[name]);
    for (const finding of check.findings) {
      expect(finding.facts.file).toBe(path);
      for (const language of ['en', 'it'] as const) {
        const { text, remedy } = textsIn(language)(finding);
        expect(text).toContain(path);
        expect(text + remedy).not.toMatch(/undefined|NaN|\[object/);
      }
    }
    expect(await sha256(path)).toBe(before);
  });

  it('is expected to find what the matrix has', () => {
    const names = damages.map(({ name }) => name);
    expect(Object.keys(findings).filter((name) => !names.includes(name))).toEqual([]);
  });
});

it('is a Problem of a file that is not there', async () => {
  await expect(checkDisk('/nowhere/disk.vhdx')).rejects.toBeInstanceOf(Problem);
});
