/** QEMU as a second opinion on logs: it replays ours as we do, and we replay its. */

import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { createDisk } from '../../src/disks/create.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { requireTool } from '../tools.ts';
import { contentOf, MIB, newFolder, pattern, sha256, write } from './folder.ts';
import { put } from './harm.ts';
import { loseInPlace, nameLog, SECTOR } from './log-writer.ts';

const run = promisify(execFile);
const QEMU_BAT = 2 * MIB;
const qemuImg = requireTool('qemu-img');
if (qemuImg !== undefined) {
  it.each([
    { start: 0, updatesAnEntry: 100 },
    { start: 9, updatesAnEntry: 1 },
    // Of entries that go on at the log's start QEMU takes the later ones alone, without their tail; one
    // entry that does so itself it reads.
    { start: 255, updatesAnEntry: 100 },
  ])('replays our log from sector $start on as we do', async ({ start, updatesAnEntry }) => {
    await using folder = await newFolder();
    const [before, disk, raw] = ['before', 'disk', 'raw'].map(folder.path) as [
      string,
      string,
      string,
    ];
    // Four sectors of the BAT change.
    await createDisk(disk, { virtualBytes: 2048 * MIB, blockBytes: MIB });
    await write(disk, MIB, pattern(MIB, 1));
    await copyFile(disk, before);
    {
      await using writer = await openForWriting(disk);
      for (const at of [3, 600, 1200, 2000]) {
        await writer.write(at * MIB + 512, pattern(512, at));
      }
      await writer.zero(MIB, MIB);
    }
    await exportRaw(disk, raw);
    await loseInPlace(disk, before, { start: start * SECTOR, updatesAnEntry });
    expect(await compareDisks(disk, raw)).toEqual({ equal: true });
    const digest = await sha256(disk);
    // As it is, QEMU refuses it.
    await expect(run(qemuImg, ['compare', '-f', 'vhdx', '-F', 'raw', disk, raw])).rejects.toThrow(
      'contains a log that needs to be replayed',
    );
    expect(await sha256(disk)).toBe(digest);
    await run(qemuImg, ['check', '-r', 'all', '-f', 'vhdx', disk]);
    const { stdout } = await run(qemuImg, ['compare', '-f', 'vhdx', '-F', 'raw', disk, raw]);
    expect(stdout).toContain('identical');
  });
}

const qemuIo = requireTool('qemu-io');
if (qemuIo !== undefined && qemuImg !== undefined) {
  it('replays a log that QEMU wrote', async () => {
    await using folder = await newFolder();
    const disk = folder.path('disk.vhdx');
    await run(qemuImg, ['create', '-f', 'vhdx', '-o', `block_size=${MIB}`, disk, '8M']);
    await run(qemuIo, ['-c', 'write -P 0xa5 0 1M', '-c', 'write -P 0x5a 3M 2M', disk]);
    const expected = Buffer.alloc(8 * MIB);
    expected.fill(0xa5, 0, MIB);
    expected.fill(0x5a, 3 * MIB, 5 * MIB);
    expect((await contentOf(disk)).equals(expected)).toBe(true);
    // QEMU had carried it out, and said so; now it did neither.
    const last = (await readFile(disk)).subarray(0, 2 * MIB).lastIndexOf('loge');
    const guid = (await readFile(disk)).subarray(last + 32, last + 48);
    await put(QEMU_BAT, Buffer.alloc(SECTOR))(disk);
    expect((await contentOf(disk)).equals(Buffer.alloc(8 * MIB))).toBe(true);
    await nameLog(disk, guid);
    expect((await contentOf(disk)).equals(expected)).toBe(true);
    await write(disk, 6 * MIB, pattern(512, 1));
    pattern(512, 1).copy(expected, 6 * MIB);
    expect((await contentOf(disk)).equals(expected)).toBe(true);
    const { stdout } = await run(qemuImg, ['check', '-f', 'vhdx', disk]);
    expect(stdout).toContain('No errors');
  });
}
