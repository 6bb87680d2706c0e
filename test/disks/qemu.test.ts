/** QEMU's reader as a second opinion on what we write, and ours on what it writes. */

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeFile } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { mergeIntoParent } from '../../src/disks/merge.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { requireTool } from '../tools.ts';
import { extentsOf, MIB, newFolder, pattern, write } from './folder.ts';

const run = promisify(execFile);
const tool = requireTool('qemu-img');
if (tool !== undefined) {
  const qemuImg = async (...args: string[]) => (await run(tool, args)).stdout;

  // QEMU opens no disk of 4096-byte sectors.
  it('QEMU finds what we wrote, merged and zeroed', async () => {
    await using folder = await newFolder();
    const [base, child, raw] = ['b.vhdx', 'c.avhdx', 'raw'].map(folder.path) as [
      string,
      string,
      string,
    ];
    await createDisk(base, {
      virtualBytes: 100 * MIB + 4096,
      blockBytes: 2 * MIB,
    });
    {
      await using disk = await openForWriting(base);
      for (const at of [90, 3, 50]) await disk.write(at * MIB + 4096, pattern(3 * MIB, at));
      await disk.write(100 * MIB, pattern(4096, 1));
    }
    await createChild(child, base);
    {
      await using disk = await openForWriting(child);
      await disk.write(51 * MIB, pattern(4096, 2));
      await disk.zero(90 * MIB, 4 * MIB);
      await disk.write(20 * MIB, pattern(4096, 3));
    }
    await exportRaw(child, raw);
    await mergeIntoParent(child);
    expect(await qemuImg('compare', '-f', 'vhdx', '-F', 'raw', base, raw)).toContain('identical');
    expect(await qemuImg('check', '-f', 'vhdx', base)).toContain('No errors');
  });

  it.each(['dynamic', 'fixed'])(
    'reads what QEMU converted to a %s VHDX, and QEMU what we changed in it',
    async (subformat) => {
      await using folder = await newFolder();
      const raw = folder.path('raw');
      const disk = folder.path('d.vhdx');
      const content = Buffer.alloc(40 * MIB);
      for (const at of [0, 7, 33]) pattern(2 * MIB + 512, at).copy(content, at * MIB + 1024);
      await writeFile(raw, content);
      const options = `subformat=${subformat},block_size=${MIB},block_state_zero=off`;
      await qemuImg('convert', '-f', 'raw', '-O', 'vhdx', '-o', options, raw, disk);
      const described = await describeFile(disk);
      expect(described).toMatchObject({ type: subformat, virtualBytes: 40 * MIB, blockBytes: MIB });
      expect(await compareDisks(disk, raw)).toEqual({ equal: true });
      await write(disk, 21 * MIB + 512, pattern(5 * MIB, 5));
      {
        await using writer = await openForWriting(disk);
        await writer.zero(7 * MIB, 2 * MIB);
      }
      pattern(5 * MIB, 5).copy(content, 21 * MIB + 512);
      content.fill(0, 7 * MIB, 9 * MIB);
      await writeFile(raw, content);
      expect(await qemuImg('compare', '-f', 'vhdx', '-F', 'raw', disk, raw)).toContain('identical');
      expect(await compareDisks(disk, raw)).toEqual({ equal: true });
      // A fixed disk keeps its blocks, and their places.
      if (subformat === 'fixed') {
        expect(await extentsOf(disk)).toEqual([{ offset: 0, length: 40 * MIB, kind: 'data' }]);
        expect((await describeFile(disk)).fileBytes).toBe(described.fileBytes);
      }
    },
  );
}
