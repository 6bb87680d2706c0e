import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openChain } from '../../src/disks/chain.ts';
import { createDisk } from '../../src/disks/create.ts';
import { BLOCK_BYTES, blockDigest } from '../../src/stream/blocks.ts';
import { seeded } from '../simulation/seeded.ts';
import { rootOf } from './root.ts';
import { MIB, noise, type World, World as Worlds } from './world.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A world whose disk begins with so much noise, sent once. */
async function sentWhole(virtualBytes: number, noiseBytes: number): Promise<World> {
  const world = await Worlds.make([virtualBytes]);
  await world.write(0, (disk) => disk.write(0, noise(noiseBytes)));
  await world.receive();
  await world.send(0, 'whole');
  return world;
}

/** Both sides agree, and the copy's disks hold what the source's do. */
async function expectEqual(world: World, sent: Awaited<ReturnType<World['send']>>): Promise<void> {
  for (const { source, target } of sent.digests) expect(target).toBe(source);
  const { source, target } = await world.contents();
  expect(target).toEqual(source);
  const copy = await (await world.copy()).read();
  expect(copy?.round).toBe(sent.number);
  expect(copy?.disks.map(({ digest }) => digest)).toEqual(
    sent.digests.map(({ source: own }) => own),
  );
  expect(world.problems).toEqual([]);
}

describe(`rounds (SEED=${SEED})`, () => {
  it('send the whole disk, then what changed', async () => {
    await using world = await Worlds.make([40 * MIB]);
    await world.write(0, async (disk) => {
      await disk.write(0, noise(3 * MIB));
      await disk.write(20 * MIB + 4096, noise(8192));
    });
    await world.receive();
    await expectEqual(world, await world.send(0, 'whole'));
    await world.freeze();
    await world.write(0, (disk) => disk.write(30 * MIB, noise(5 * MIB)));
    const changes = await world.send(1, 'changes');
    await expectEqual(world, changes);
    expect(changes.bytesSent).toBeLessThan(5.1 * MIB);
  });

  it('send what became zero as frames without bytes, and the target applies it', async () => {
    await using world = await sentWhole(32 * MIB, 12 * MIB);
    await world.freeze();
    await world.write(0, async (disk) => {
      await disk.zero(2 * MIB, 4 * MIB);
      await disk.write(7 * MIB, Buffer.alloc(MIB));
      await disk.write(9 * MIB + 4096, Buffer.alloc(BLOCK_BYTES));
    });
    const sent = await world.send(1, 'changes');
    await expectEqual(world, sent);
    expect(sent.bytesSent).toBeLessThan(BLOCK_BYTES * 3);
  });

  it('leave out zeros that a disk holds as data when it is sent whole', async () => {
    await using world = await Worlds.make([32 * MIB]);
    await world.write(0, (disk) => disk.write(0, Buffer.alloc(16 * MIB)));
    await world.receive();
    const sent = await world.send(0, 'whole');
    await expectEqual(world, sent);
    expect(sent.bytesRead).toBeGreaterThanOrEqual(16 * MIB);
    expect(sent.bytesSent).toBe(0);
  });

  it('send scattered small writes without the blocks around them, many in a frame', async () => {
    await using world = await sentWhole(64 * MIB, 32 * MIB);
    await world.freeze();
    await world.write(0, async (disk) => {
      for (let at = 0; at < 500; at += 1) await disk.write(at * BLOCK_BYTES + 8192, noise(4096));
    });
    const sent = await world.send(1, 'changes');
    await expectEqual(world, sent);
    expect(sent.bytesSent).toBeLessThan(1.05 * 500 * 4096);
  });

  it('of several disks with random changes end equal, also where the last block is short', async () => {
    const random = seeded(SEED);
    const sizes = [8 * MIB + 4096, 5 * MIB + 512, 3 * MIB];
    await using world = await Worlds.make(sizes);
    const sector = (bytes: number): number => Math.floor((random() * bytes) / 512) * 512;
    const change = async (index: number): Promise<void> => {
      const size = sizes[index] ?? 0;
      await world.write(index, async (disk) => {
        for (let count = 0; count < 12; count += 1) {
          const offset = sector(size);
          const lengthMax = random() < 0.5 ? 8192 : 2 * MIB;
          const length = Math.min(sector(lengthMax) + 512, size - offset);
          if (random() < 0.3) await disk.zero(offset, length);
          else await disk.write(offset, random() < 0.2 ? Buffer.alloc(length) : noise(length));
        }
        await disk.write(size - 512, noise(512));
      });
    };
    for (const index of sizes.keys()) await change(index);
    await world.receive();
    await expectEqual(world, await world.send(0, 'whole'));
    for (let number = 1; number <= 4; number += 1) {
      await world.freeze();
      for (const index of sizes.keys()) if (random() < 0.8) await change(index);
      await expectEqual(world, await world.send(number, 'changes'));
    }
  });

  it('by digests send only what differs, zeros too', async () => {
    await using world = await sentWhole(32 * MIB, 16 * MIB);
    await world.freeze();
    await world.write(0, async (disk) => {
      await disk.write(20 * MIB + 512, noise(512));
      await disk.zero(4 * MIB, 6 * MIB);
    });
    const sent = await world.send(1, 'by digests');
    await expectEqual(world, sent);
    expect(sent.bytesSent).toBeLessThan(3 * BLOCK_BYTES);
    await world.freeze();
    await world.write(0, (disk) => disk.write(MIB, noise(4096)));
    await expectEqual(world, await world.send(2, 'changes'));
  });

  it('by digests take away what the source does not hold at all', async () => {
    await using world = await sentWhole(16 * MIB, 8 * MIB);
    const earlier = join(world.directory, 'earlier.vhdx');
    await createDisk(earlier, { virtualBytes: 16 * MIB, blockBytes: 2 * MIB });
    world.disks[0]?.files.unshift(earlier);
    await world.write(0, (disk) => disk.write(2 * MIB, noise(MIB)));
    await expectEqual(world, await world.send(1, 'by digests'));
  });

  it('by digests find what was damaged at the target behind our back, and mend it', async () => {
    await using world = await sentWhole(16 * MIB, 8 * MIB);
    await flip((await world.copy()).disk('SCSI 0:0').path);
    const { source, target } = await world.contents();
    expect(target).not.toEqual(source);
    const sent = await world.send(1, 'by digests');
    await expectEqual(world, sent);
    expect(sent.bytesSent).toBeGreaterThan(BLOCK_BYTES);
    expect(sent.bytesSent).toBeLessThan(2 * BLOCK_BYTES);
  });

  it('have the digests that the disk has when it is hashed from its beginning', async () => {
    await using world = await Worlds.make([MIB + 512]);
    await world.write(0, (disk) => disk.write(MIB - 512, noise(1024)));
    await world.receive();
    const [sent] = (await world.send(0, 'whole')).digests;
    await using reader = await openChain(world.leaf(0));
    const bytes = Buffer.alloc(reader.virtualBytes);
    await reader.read(0, bytes);
    const digests: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
      digests.push(blockDigest(bytes.subarray(at, at + BLOCK_BYTES)));
    }
    const expected = rootOf(Buffer.concat(digests));
    expect(sent).toEqual({ disk: 'SCSI 0:0', source: expected, target: expected });
  });
});

/** Changes one byte of a disk's payload: the first that is in its second half. */
async function flip(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const byte = Buffer.alloc(1);
  for (let at = Math.floor(size / 2); at < size; at += 1) {
    await file.read(byte, 0, 1, at);
    if (byte[0] === 0) continue;
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 0xff]), 0, 1, at);
    return;
  }
  throw new Error(`Nothing but zeros in ${path}`);
}
