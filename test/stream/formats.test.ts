/** A copy is made like the source's base, and rounds go between any two disks of one size. */

import { expect, it } from '@jest/globals';
import { describeFile } from '../../src/disks/chain.ts';
import { type Made, MIB, noise, World } from './world.ts';

const KINDS: readonly Made[] = [
  { format: 'vhd', type: 'dynamic', blockBytes: MIB / 2 },
  { format: 'vhd', type: 'fixed' },
  { format: 'vhdx', type: 'fixed', blockBytes: MIB },
];

it('copies disks of all kinds at once: whole, then what changed or became zero', async () => {
  await using world = await World.make([]);
  for (const made of KINDS) await world.addDisk(24 * MIB + 512, made);
  const eachWrites = async (round: number) => {
    for (const index of KINDS.keys()) {
      await world.write(index, async (disk) => {
        await disk.write((2 + index) * MIB + 512 * round, noise(3 * MIB));
        await disk.zero(3 * MIB, round * 8192);
        await disk.write(24 * MIB, noise(512));
      });
    }
  };
  await eachWrites(1);
  await world.receive();
  await world.send(0, 'whole');
  for (const round of [1, 2]) {
    await world.freeze();
    await eachWrites(round + 1);
    const { digests } = await world.send(round, 'changes');
    expect(digests.map(({ target }) => target)).toEqual(digests.map(({ source }) => source));
  }
  const { source, target } = await world.contents();
  expect(target).toEqual(source);
  const copy = await world.copy();
  for (const { disk, files } of world.disks) {
    const { format, type, blockBytes, diskId, virtualBytes } = await describeFile(
      files.at(-1) ?? '',
    );
    expect(await describeFile(copy.disk(disk).path)).toMatchObject({
      format,
      type,
      blockBytes,
      diskId,
      virtualBytes,
    });
    expect(copy.disk(disk).path).toMatch(new RegExp(`\\.${format}$`));
  }
  expect(world.problems).toEqual([]);
});
