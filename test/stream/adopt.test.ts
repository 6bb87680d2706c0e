import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adoptDisks, discardHalfAdopted } from '../../src/stream/adopt.ts';
import { BLOCK_BYTES } from '../../src/stream/blocks.ts';
import type { SessionDisk } from '../../src/stream/copy-records.ts';
import { openCopy } from '../../src/stream/copy-store.ts';
import { MIB, noise, World } from './world.ts';

const DISK_BYTES = 8 * MIB;
const LEFT_AT = 1_700_000_000_000;
const NEVER = new AbortController().signal;
/** Of the wire for one block: its header and digest. */
const FRAME_BYTES = 256;

interface Write {
  readonly at: number;
  readonly bytes: number;
  readonly zeros: boolean;
}

async function writeAll(world: World, writes: readonly Write[]): Promise<void> {
  for (const { at, bytes, zeros } of writes) {
    const data = zeros ? Buffer.alloc(bytes) : noise(bytes);
    await world.write(0, (disk) => disk.write(at, data));
  }
}

/** The disk as the VM left it at the target, and what was written at the source since. */
async function leftDisk(world: World, since: readonly Write[] = []): Promise<SessionDisk[]> {
  const path = join(world.directory, 'left.vhdx');
  await copyFile(world.leaf(0), path);
  await writeAll(world, since);
  return world.newCopy().disks.map((disk) => ({ ...disk, path }));
}

const adopt = (world: World, disks: readonly SessionDisk[], signal: AbortSignal = NEVER) =>
  adoptDisks(
    world.copyDirectory,
    { vm: world.newCopy().vm, host: 'hv-b', operation: 'm1', leftAt: LEFT_AT, disks },
    signal,
  );

/** Its first round, under a new operation. */
async function sendOnto(world: World, disks: readonly SessionDisk[]) {
  world.operation = 'm2';
  world.newCopy = (operation = 'm2') => ({
    ...World.prototype.newCopy.call(world, operation),
    disks,
  });
  await world.receive();
  return await world.send(0, 'whole');
}

const blocksOf = (writes: readonly Write[]): number =>
  new Set(
    writes.flatMap(({ at, bytes }) => {
      const first = Math.floor(at / BLOCK_BYTES);
      const end = Math.ceil((at + bytes) / BLOCK_BYTES);
      return Array.from({ length: end - first }, (_, index) => first + index);
    }),
  ).size;

const write = fc.record({
  at: fc.nat(DISK_BYTES / 512 - 1).map((sector) => sector * 512),
  bytes: fc.integer({ min: 1, max: 600 }).map((sectors) => sectors * 512),
  zeros: fc.boolean(),
});
const writes = (maxLength: number) =>
  fc
    .array(write, { maxLength })
    .map((all) => all.map((one) => ({ ...one, bytes: Math.min(one.bytes, DISK_BYTES - one.at) })));

describe('what a VM left', () => {
  it('is the base of its way back: only the blocks that changed are sent', async () => {
    await fc.assert(
      fc.asyncProperty(writes(6), writes(4), async (before, since) => {
        await using world = await World.make([DISK_BYTES]);
        await writeAll(world, before);
        const disks = await leftDisk(world, since);
        await adopt(world, disks);
        const copy = await openCopy(world.copyDirectory);
        expect(await copy?.read()).toMatchObject({
          ...{ operation: 'm1', round: 0, committedAt: LEFT_AT, host: 'hv-b' },
        });
        const sent = await sendOnto(world, disks);
        expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
        const { source, target } = await world.contents();
        expect(target).toEqual(source);
        const blocks = blocksOf(since);
        expect(sent.bytesSent).toBeLessThanOrEqual(
          blocks * (BLOCK_BYTES + FRAME_BYTES) + FRAME_BYTES,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('is as it was until the first round is whole, and stays a copy when that is undone', async () => {
    await using world = await World.make([DISK_BYTES]);
    await writeAll(world, [{ at: 0, bytes: 4 * MIB, zeros: false }]);
    const disks = await leftDisk(world, [{ at: MIB, bytes: MIB, zeros: false }]);
    const [path = ''] = disks.map((disk) => disk.path);
    const before = await world.contentOf(path);
    await adopt(world, disks);
    const copy = await openCopy(world.copyDirectory);
    await copy?.discardUncommitted();
    expect(await world.contentOf(path)).toBe(before);
    expect(await (await openCopy(world.copyDirectory))?.read()).toMatchObject({ operation: 'm1' });
  });

  it('is no copy where its reading was ended, and is read again', async () => {
    await using world = await World.make([DISK_BYTES]);
    await writeAll(world, [{ at: 0, bytes: 4 * MIB, zeros: false }]);
    const disks = await leftDisk(world);
    await expect(adopt(world, disks, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow(
      'cancelled',
    );
    expect(await openCopy(world.copyDirectory)).toBeUndefined();
    await adopt(world, disks);
    await adopt(world, disks, AbortSignal.abort());
    expect((await sendOnto(world, disks)).bytesSent).toBeLessThan(BLOCK_BYTES);
  });

  it.each([
    ['size', { virtualBytes: 2 * DISK_BYTES }],
    ['sectors', { logicalSectorBytes: 4096 }],
    ['identifier', { diskId: crypto.randomUUID() }],
  ])('is refused where it is of another %s', async (_what, changes) => {
    await using world = await World.make([DISK_BYTES]);
    const disks = (await leftDisk(world)).map((disk) => ({ ...disk, ...changes }));
    await expect(adopt(world, disks)).rejects.toMatchObject({ code: 'base-changed' });
    await discardHalfAdopted(world.copyDirectory);
    expect(await openCopy(world.copyDirectory)).toBeUndefined();
  });
});
