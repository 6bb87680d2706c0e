/** A process that dies at any write leaves old or new content, and a merge can be run again. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainFiles } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import type { DiskWriter } from '../../src/disks/disk.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { diesAfter, WRITES_MAX } from './dying.ts';
import { contentOf, type Folder, MIB, newFolder, pattern, write } from './folder.ts';

/** A base with content, and a child of it that holds a few sectors of its second block. */
async function smallChain(
  folder: Folder,
  format: 'vhdx' | 'vhd',
): Promise<{ base: string; child: string }> {
  const base = folder.path(`base.${format}`);
  const child = folder.path(`child.a${format}`);
  await createDisk(base, { virtualBytes: 4 * MIB, blockBytes: MIB, format });
  await write(base, 0, pattern(3 * MIB, 1));
  await createChild(child, base, { blockBytes: MIB });
  await write(child, MIB + 4096, pattern(8192, 2));
  return { base, child };
}

const CHANGES: Record<string, (disk: DiskWriter) => Promise<void>> = {
  'write into a block of the parent': (disk) => disk.write(4096, pattern(4096, 3)),
  'write beside what the child holds': (disk) => disk.write(MIB + 8192, pattern(16384, 3)),
  'write a whole block': (disk) => disk.write(2 * MIB, pattern(MIB, 3)),
  'write over several blocks': (disk) => disk.write(MIB / 2, pattern(3 * MIB, 3)),
  'zero a part of a block': (disk) => disk.zero(512, 8192),
  'zero whole blocks and parts': (disk) => disk.zero(512, 3 * MIB),
  'write into a zeroed block': async (disk) => {
    await disk.zero(MIB, MIB);
    await disk.flush();
    // The place of the block that was freed is taken again: nothing of it may show.
    await disk.write(3 * MIB, pattern(512, 4));
  },
  'write a whole block where another one was': async (disk) => {
    await disk.zero(MIB, MIB);
    await disk.flush();
    await disk.write(3 * MIB, pattern(MIB, 4));
  },
};

it.each(
  Object.keys(CHANGES).flatMap((name) => [
    { name, format: 'vhdx' as const, on: 'child' as const },
    { name, format: 'vhd' as const, on: 'child' as const },
    { name, format: 'vhdx' as const, on: 'base' as const },
    // Only there a VHD gives places of blocks back.
    { name, format: 'vhd' as const, on: 'base' as const },
  ]),
)(
  '$format, $on: $name: old or new at every point of death',
  async ({ name, format, on }) => {
    const change = CHANGES[name] as (disk: DiskWriter) => Promise<void>;
    await using folder = await newFolder();
    const { [on]: whole } = await smallChain(folder, format);
    const before = await contentOf(whole);
    const done = folder.path('done.avhdx');
    await copyFile(whole, done);
    const act = async (path: string) => {
      await using disk = await openForWriting(path);
      await change(disk);
    };
    await act(done);
    const after = await contentOf(done);
    expect(after.equals(before)).toBe(false);
    for (let changes = 0; ; changes++) {
      expect(changes).toBeLessThan(WRITES_MAX);
      const died = folder.path(`died-${changes}.avhdx`);
      await copyFile(whole, died);
      if (!(await diesAfter(changes, () => act(died)))) break;
      const content = await contentOf(died);
      expectOldOrNew(content, { before, after });
      await chainFiles(died);
      // It goes on as if nothing had been.
      await act(died);
      expect((await contentOf(died)).equals(after)).toBe(true);
    }
  },
  60_000,
);

function expectOldOrNew(content: Buffer, { before, after }: { before: Buffer; after: Buffer }) {
  for (let at = 0; at < content.length; at += 512) {
    const sector = content.subarray(at, at + 512);
    const isOld = sector.equals(before.subarray(at, at + 512));
    if (!isOld && !sector.equals(after.subarray(at, at + 512)))
      throw new Error(`Sector at ${at} is neither old nor new`);
  }
}

it.each(['vhdx', 'vhd'] as const)(
  '%s: merges after dying at every write, and the chain reads the same at each',
  async (format) => {
    await using folder = await newFolder();
    const { base, child } = await smallChain(folder, format);
    {
      await using disk = await openForWriting(child);
      await disk.zero(2 * MIB, MIB);
      await disk.write(3 * MIB + 512, pattern(512, 5));
    }
    const leaf = folder.path('leaf.avhdx');
    await createChild(leaf, child);
    await write(leaf, 512, pattern(512, 6));
    const expected = await contentOf(child);
    const seen = await contentOf(leaf);
    const kept = [base, child].map((path) => [path, `${path}.kept`] as const);
    for (const [path, copy] of kept) await copyFile(path, copy);
    for (let changes = 0; ; changes++) {
      expect(changes).toBeLessThan(WRITES_MAX);
      for (const [path, copy] of kept) await copyFile(copy, path);
      const died = await diesAfter(changes, () => mergeIntoParent(child));
      expect((await contentOf(child)).equals(expected)).toBe(true);
      expect((await contentOf(leaf)).equals(seen)).toBe(true);
      if (died) await mergeIntoParent(child);
      expect((await contentOf(base)).equals(expected)).toBe(true);
      expect((await contentOf(leaf)).equals(seen)).toBe(true);
      if (!died) break;
    }
  },
);

it('names the old parent or the new one when it dies at any write', async () => {
  await using folder = await newFolder();
  const { base, child } = await smallChain(folder, 'vhdx');
  const other = folder.path('other.vhdx');
  await copyFile(base, other);
  const seen = await contentOf(child);
  const kept = folder.path('kept');
  await copyFile(child, kept);
  const named = new Set<string | undefined>();
  for (let changes = 0; ; changes++) {
    expect(changes).toBeLessThan(WRITES_MAX);
    await copyFile(kept, child);
    const died = await diesAfter(changes, () => reparent(child, other));
    expect((await contentOf(child)).equals(seen)).toBe(true);
    named.add((await chainFiles(child)).at(-1)?.identity.path);
    await reparent(child, other);
    expect((await chainFiles(child)).at(-1)?.identity.path).toBe(other);
    if (!died) break;
  }
  expect([...named]).toEqual([base, other]);
});

it('merges to the same content after its process was killed at random moments', async () => {
  await using folder = await newFolder();
  const base = folder.path('base.vhdx');
  const child = folder.path('child.avhdx');
  await createDisk(base, { virtualBytes: 64 * MIB, blockBytes: MIB });
  await write(base, 0, pattern(40 * MIB, 1));
  await createChild(child, base);
  {
    await using disk = await openForWriting(child);
    for (let at = 0; at < 64; at += 3) await disk.write(at * MIB + 512, pattern(MIB / 2, at));
    await disk.zero(20 * MIB, 9 * MIB);
  }
  const raw = folder.path('raw');
  await exportRaw(child, raw);
  const killed = { inTheMiddle: 0 };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 150 }), async (milliseconds) => {
      if (await mergeAndKill(child, milliseconds)) killed.inTheMiddle++;
      expect(await compareDisks(child, raw)).toEqual({ equal: true });
    }),
    { numRuns: 10, endOnFailure: true, examples: [[0], [1], [3]] },
  );
  expect(killed.inTheMiddle).toBeGreaterThan(0);
  await mergeIntoParent(child);
  expect(await compareDisks(base, raw)).toEqual({ equal: true });
});

/** True when the process was killed before its merge had ended. */
async function mergeAndKill(child: string, milliseconds: number): Promise<boolean> {
  const merging = fork(new URL('merge-process.ts', import.meta.url), [child], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ended = once(merging, 'exit');
  await once(merging, 'message');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  merging.kill('SIGKILL');
  const [code] = await ended;
  if (code !== null) expect(code).toBe(0);
  return code === null;
}
