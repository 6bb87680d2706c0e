/** What was written is compared with what storage holds now, maps and payload, at every read-back. */

import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { BLOCK_BYTES, blockDigest } from '../../src/stream/blocks.ts';
import type { DataFrame } from '../../src/stream/data-frame.ts';
import { applyFrame, OpenDisks } from '../../src/stream/fold.ts';
import { BAT, entry, put } from '../disks/harm.ts';
import { MIB, noise, World } from './world.ts';

/** One block of noise. */
function frameOf(block: number): DataFrame {
  const data = noise(BLOCK_BYTES);
  const extents = [{ kind: 'data' as const, offset: block * BLOCK_BYTES, length: BLOCK_BYTES }];
  return { disk: 0, data, blocks: [{ block, digest: blockDigest(data) }], extents };
}

async function writeTo(disks: OpenDisks, frame: DataFrame): Promise<void> {
  const disk = await disks.get(0);
  disk.expected.add(frame, disk.shape.virtualBytes);
  await applyFrame(disk.writer, frame);
}

const DAMAGES = {
  'a byte of the payload': async (path: string, data: Buffer) => {
    const at = (await readFile(path)).indexOf(data);
    await put(at, [(data[0] ?? 0) ^ 1])(path);
  },
  'the entry of a block that was read back before': (path: string) => put(BAT, entry(0, 0))(path),
};

it.each(Object.entries(DAMAGES))('finds %s changed on storage', async (_, damage) => {
  await using world = await World.make([8 * MIB]);
  const copy = await world.copy();
  const { path } = copy.disk('SCSI 0:0');
  await using disks = new OpenDisks(copy, copy.session.disks, 'blake3');
  for (const block of [0, 1]) {
    await writeTo(disks, frameOf(block));
    await disks.readBack();
  }
  const frame = frameOf(2);
  await writeTo(disks, frame);
  await damage(path, frame.data);
  await expect(disks.readBack()).rejects.toMatchObject({
    code: 'stream-read-back-differs',
    facts: { path, offset: 2 * BLOCK_BYTES },
  });
});
