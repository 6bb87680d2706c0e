/** A round that is whole in staging is folded in, also when another version of this program staged it. */

import { writeFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { openChain } from '../../src/disks/chain.ts';
import { BLOCK_BYTES, blockDigest, type DigestHash } from '../../src/stream/blocks.ts';
import { placesIn } from '../../src/stream/copy-records.ts';
import { openCopy } from '../../src/stream/copy-store.ts';
import { tableBytes, writeTables } from '../../src/stream/data-frame.ts';
import { encodeFrame } from '../../src/stream/frames.ts';
import { MIB, noise, World } from './world.ts';

/** A data frame of these whole blocks, from the disk's start on. */
function frameOf(data: Buffer, hash: DigestHash): Buffer {
  const blocks = Array.from({ length: data.length / BLOCK_BYTES }, (_, block) => {
    const bytes = data.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    return { block, digest: blockDigest(bytes, hash) };
  });
  const payload = Buffer.alloc(data.length + tableBytes(blocks.length, 1));
  data.copy(payload);
  const extents = [{ kind: 'data' as const, offset: 0, length: data.length }];
  writeTables(payload, data.length, { disk: 0, blocks, extents });
  return encodeFrame('data', payload);
}

/** Round 0 is committed, and round 1 was being folded in when the worker ended. */
async function begunFold(world: World, data: Buffer, hash: DigestHash | undefined) {
  const { directory, session } = await world.copy();
  const { vm, host, operation } = session;
  const frame = frameOf(data, hash ?? 'sha256');
  const { committed, staging } = placesIn(directory);
  await writeFile(staging, frame);
  const order = session.disks.map(({ disk }) => disk);
  const folding = { operation, round: 1, frozen: 'f1', stagedBytes: frame.length, order, hash };
  const disks = session.disks.map((disk) => ({ ...disk, digest: '' }));
  const round0 = { vm, host, operation, round: 0, frozen: 'f0', committedAt: 1, disks, folding };
  await writeFile(committed, JSON.stringify(round0));
  return { committed, round0 };
}

it.each([
  { named: 'sha256', hash: 'sha256' as const },
  { named: 'none, as before there was a choice', hash: undefined },
  { named: 'blake3', hash: 'blake3' as const },
])(
  'folds in what was staged with digests of the hash that the record names: $named',
  async ({ hash }) => {
    await using world = await World.make([8 * MIB]);
    const data = noise(MIB);
    await begunFold(world, data, hash);
    const copy = await openCopy(world.copyDirectory);
    expect(await copy?.read()).toMatchObject({ round: 1 });
    await using disk = await openChain(copy?.disk('SCSI 0:0').path ?? '');
    const found = Buffer.alloc(MIB);
    await disk.read(0, found);
    expect(found.equals(data)).toBe(true);
  },
);

it('does not take the digests of one hash for those of another', async () => {
  await using world = await World.make([8 * MIB]);
  const { committed, round0 } = await begunFold(world, noise(MIB), 'sha256');
  const folding = { ...round0.folding, hash: 'blake3' };
  await writeFile(committed, JSON.stringify({ ...round0, folding }));
  const copy = await openCopy(world.copyDirectory);
  await expect(copy?.read()).rejects.toMatchObject({ code: 'stream-read-back-differs' });
});
