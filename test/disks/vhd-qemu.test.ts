/** QEMU's reader of VHD as a second opinion on what we write, and ours on what it writes. */

import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeFile } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { mergeIntoParent } from '../../src/disks/merge.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { requireTool } from '../tools.ts';
import { MIB, newFolder, pattern, write } from './folder.ts';

const run = promisify(execFile);
const tool = requireTool('qemu-img');
if (tool !== undefined) {
  const qemuImg = async (...args: string[]) => (await run(tool, args)).stdout;
  const expectSame = async (vhd: string, raw: string) =>
    expect(await qemuImg('compare', '-f', 'vpc', '-F', 'raw', vhd, raw)).toContain('identical');

  it.each(['dynamic', 'fixed'] as const)(
    'QEMU finds what we wrote, merged and zeroed in a %s VHD',
    async (type) => {
      await using folder = await newFolder();
      const [base, child, raw] = ['b.vhd', 'c.avhd', 'raw'].map(folder.path) as [
        string,
        string,
        string,
      ];
      await createDisk(base, { virtualBytes: 30 * MIB + 4608, format: 'vhd', type });
      {
        await using disk = await openForWriting(base);
        for (const at of [25, 3, 14]) await disk.write(at * MIB + 4096, pattern(3 * MIB, at));
        await disk.write(30 * MIB, pattern(4608, 1));
      }
      await createChild(child, base);
      {
        await using disk = await openForWriting(child);
        await disk.write(15 * MIB, pattern(4096, 2));
        await disk.zero(25 * MIB, 4 * MIB);
        await disk.write(9 * MIB, pattern(4096, 3));
      }
      await exportRaw(child, raw);
      await mergeIntoParent(child);
      await expectSame(base, raw);
      const json = JSON.parse(await qemuImg('info', '--output=json', '-f', 'vpc', base));
      expect(json['virtual-size']).toBe(30 * MIB + 4608);
      // No checks of QEMU's for VHD; what it takes out of it must still be the same.
      const again = folder.path('again.vhd');
      await qemuImg('convert', '-f', 'vpc', '-O', 'vpc', '-o', 'force_size=on', base, again);
      expect(await compareDisks(again, raw)).toEqual({ equal: true });
    },
  );

  it.each([
    { type: 'dynamic', force: 'on' },
    { type: 'dynamic', force: 'off' },
    { type: 'fixed', force: 'on' },
    { type: 'fixed', force: 'off' },
  ])(
    'reads what QEMU converted to a $type VHD, force_size $force, and QEMU what we changed',
    async ({ type, force }) => {
      await using folder = await newFolder();
      const raw = folder.path('raw');
      const disk = folder.path('d.vhd');
      const content = Buffer.alloc(30 * MIB);
      for (const at of [0, 7, 27]) pattern(2 * MIB + 512, at).copy(content, at * MIB + 1024);
      await writeFile(raw, content);
      const options = `subformat=${type},force_size=${force}`;
      await qemuImg('convert', '-f', 'raw', '-O', 'vpc', '-o', options, raw, disk);
      const described = await describeFile(disk);
      const info = JSON.parse(await qemuImg('info', '--output=json', '-f', 'vpc', disk));
      // By its geometry, rounded up to whole cylinders, unless it was told to keep the size.
      expect(described).toMatchObject({ type, virtualBytes: info['virtual-size'] });
      expect(described.virtualBytes > 30 * MIB).toBe(force === 'off');
      const whole = Buffer.concat([content, Buffer.alloc(described.virtualBytes - content.length)]);
      await writeFile(raw, whole);
      expect(await compareDisks(disk, raw)).toEqual({ equal: true });
      await write(disk, 17 * MIB + 512, pattern(5 * MIB, 5));
      {
        await using writer = await openForWriting(disk);
        await writer.zero(7 * MIB, 2 * MIB);
      }
      pattern(5 * MIB, 5).copy(whole, 17 * MIB + 512);
      whole.fill(0, 7 * MIB, 9 * MIB);
      await writeFile(raw, whole);
      await expectSame(disk, raw);
      expect(await compareDisks(disk, raw)).toEqual({ equal: true });
      if (type === 'fixed') expect((await stat(disk)).size).toBe(described.fileBytes);
    },
  );
}
