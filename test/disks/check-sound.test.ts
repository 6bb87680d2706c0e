/** Disks that are as they should be have no finding: ours of every kind, and QEMU's. */

import { execFile } from 'node:child_process';
import { copyFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkDisk } from '../../src/disks/check/check.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { requireTool } from '../tools.ts';
import { type Folder, MIB, newFolder, pattern, write, zero } from './folder.ts';
import { put } from './harm.ts';
import { loseInPlace } from './log-writer.ts';

const TB = 1024 ** 4;
const run = promisify(execFile);

let folder: Folder;

beforeAll(async () => {
  folder = await newFolder();
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

async function expectSound(path: string): Promise<void> {
  expect(await checkDisk(path)).toMatchObject({ isSound: true, findings: [], more: 0 });
}

describe('a check finds nothing', () => {
  it.each([
    { format: 'vhdx', blockBytes: MIB, logicalSectorBytes: 512 },
    { format: 'vhdx', blockBytes: 256 * MIB, logicalSectorBytes: 4096 },
    { format: 'vhdx', type: 'fixed', blockBytes: MIB, logicalSectorBytes: 4096 },
    { format: 'vhd', blockBytes: 512 * 1024 },
    { format: 'vhd', type: 'fixed' },
  ] as const)('in what we make as $format in blocks of $blockBytes', async (disk) => {
    const path = folder.path(`made-${Math.random()}`);
    await createDisk(path, { virtualBytes: 9 * MIB + 4096, ...disk });
    await expectSound(path);
    await write(path, 8 * MIB, pattern(MIB + 4096, 1));
    await write(path, 0, pattern(MIB, 2));
    await zero(path, MIB, 4 * MIB);
    await expectSound(path);
  });

  it.each(['vhdx', 'vhd'] as const)(
    'in children that were written, merged and named anew: %s',
    async (format) => {
      const [base, other, child, leaf] = ['base', 'other', 'child', 'leaf'].map((name) =>
        folder.path(`${name}.${format}`),
      ) as [string, string, string, string];
      await createDisk(base, { virtualBytes: 9 * MIB, format });
      await createDisk(other, { virtualBytes: 9 * MIB, format });
      await createChild(child, base);
      await write(child, 3 * MIB + 512, pattern(1024, 3));
      await createChild(leaf, child);
      await zero(leaf, 0, 4 * MIB);
      await expectSound(leaf);
      await mergeIntoParent(leaf);
      await expectSound(leaf);
      await reparent(child, other);
      await expectSound(child);
    },
  );

  it('but that a log is still to be replayed, and what it holds counts', async () => {
    const [before, path] = [folder.path('before.vhdx'), folder.path('dirty.vhdx')];
    await createDisk(before, { virtualBytes: 8 * MIB, blockBytes: MIB });
    await copyFile(before, path);
    await write(path, 0, pattern(5 * MIB, 1));
    await loseInPlace(path, before, { updatesAnEntry: 1 });
    const { isSound, findings } = await checkDisk(path);
    expect([isSound, findings.map(({ code }) => code)]).toEqual([true, ['vhdx-log-full']]);
    // A byte of an entry's data: what it held is lost.
    await put(MIB + 4096 + 100, [0x55, 0x66])(path);
    const harmed = await checkDisk(path);
    expect(harmed.isSound).toBe(false);
    expect(harmed.findings[1]).toMatchObject({ code: 'vhdx-log-entry', facts: { offset: MIB } });
  });

  it('in 64 TB in blocks of 1 MiB, within its memory', async () => {
    const path = folder.path('large.vhdx');
    await createDisk(path, { virtualBytes: 64 * TB, blockBytes: MIB });
    await write(path, 64 * TB - MIB, pattern(MIB, 1));
    const before = process.memoryUsage().arrayBuffers;
    await expectSound(path);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MIB);
    expect((await stat(path)).size).toBeGreaterThan(512 * MIB);
  });
});

const tool = requireTool('qemu-img');
if (tool !== undefined) {
  describe('a check finds nothing in what QEMU made', () => {
    it.each([
      ['vhdx', '10G', 'subformat=dynamic'],
      ['vhdx', '10G', `subformat=dynamic,block_size=${256 * MIB},block_state_zero=off`],
      ['vhdx', '20M', 'subformat=fixed,log_size=2M'],
      ['vpc', '10G', 'subformat=dynamic'],
      ['vpc', '10G', 'subformat=dynamic,force_size=on'],
      ['vpc', '20M', 'subformat=fixed'],
      ['vpc', '200G', 'subformat=dynamic'],
    ])('as %s of %s with %s, empty and written', async (format, size, options) => {
      const path = folder.path(`qemu-${Math.random()}`);
      await run(tool, ['create', '-f', format, '-o', options, path, size]);
      await expectSound(path);
      await run('qemu-io', ['-f', format, '-c', 'write -P 7 3M 9M', '-c', 'write 15M 64k', path]);
      await expectSound(path);
    });
  });
}
