import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BLOCK_BYTES, DIGEST_HASH, ZERO_DIGEST } from '../../src/stream/blocks.ts';
import { SourceDigests } from '../../src/stream/digests.ts';
import { rootOf } from './root.ts';

const BLOCKS = 100;
const DISKS = [{ disk: 'SCSI 0:0', virtualBytes: BLOCKS * BLOCK_BYTES }];
const ROUND = { round: 0, frozen: 'f0', whole: true };

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-digests-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const open = (): Promise<SourceDigests> => SourceDigests.open(directory, DISKS);
const digestOf = (block: number): Buffer => createHash('md5').update(`${block}`).digest();

/** The root of a disk that has these blocks and zeros elsewhere. */
function rootWith(blocks: readonly number[]): string {
  const all = Array.from({ length: BLOCKS }, (_, block) =>
    blocks.includes(block) ? digestOf(block) : ZERO_DIGEST,
  );
  return rootOf(Buffer.concat(all));
}

async function stage(digests: SourceDigests, blocks: readonly number[]): Promise<void> {
  for (const block of blocks) {
    await digests.add(0, { block, count: 1, digest: digestOf(block) });
  }
}

const rootIn = async (digests: SourceDigests): Promise<string | undefined> =>
  (await digests.roots())[0]?.digest;

describe('the source’s digests', () => {
  it('of a round count only once the target has committed it', async () => {
    await using digests = await open();
    expect(await digests.stage(ROUND, [0])).toEqual([0]);
    await stage(digests, [1, 2, 50]);
    await digests.fold(ROUND);
    expect(digests.round).toBe(-1);
    await digests.seal();
    expect(await rootIn(digests)).toBe(rootWith([]));
    await digests.fold(ROUND);
    expect(digests.round).toBe(0);
    expect(await rootIn(digests)).toBe(rootWith([1, 2, 50]));
  });

  it('of another hash are dropped: the next round starts from nothing', async () => {
    {
      await using digests = await open();
      await digests.stage(ROUND, [0]);
      await stage(digests, [1]);
      await digests.seal();
      await digests.fold(ROUND);
    }
    const record = join(directory, 'digests.json');
    const { hash, ...others } = JSON.parse(await readFile(record, 'utf8'));
    expect(hash).toBe(DIGEST_HASH);
    await writeFile(record, JSON.stringify({ ...others, hash: 'of old' }));
    await using digests = await open();
    expect(digests.round).toBe(-1);
    expect(digests.keeps(ROUND)).toBe(false);
    expect(await rootIn(digests)).toBe(rootWith([]));
    expect(await digests.stage(ROUND, [10 * BLOCK_BYTES])).toEqual([0]);
  });

  it('survive a restart between the seal and the target’s answer', async () => {
    {
      await using digests = await open();
      await digests.stage(ROUND, [0]);
      await stage(digests, [7]);
      await digests.seal();
    }
    await using digests = await open();
    expect(digests.keeps(ROUND)).toBe(true);
    expect(digests.keeps({ round: 0, frozen: 'another state' })).toBe(false);
    await digests.fold(ROUND);
    await digests.fold(ROUND);
    expect(await rootIn(digests)).toBe(rootWith([7]));
  });

  it('of a round that the target did not commit are dropped by the next', async () => {
    await using digests = await open();
    await digests.stage(ROUND, [0]);
    await stage(digests, [7]);
    await digests.seal();
    await digests.fold({ round: -1, frozen: '' });
    await digests.stage({ ...ROUND, frozen: 'f0 again' }, [0]);
    await stage(digests, [8]);
    await digests.seal();
    await digests.fold({ round: 0, frozen: 'f0 again' });
    expect(await rootIn(digests)).toBe(rootWith([8]));
  });

  it('are kept up to the target’s watermark, and what a crash left behind it is not', async () => {
    {
      await using digests = await open();
      await digests.stage(ROUND, [0]);
      await stage(digests, [1, 2, 3, 4]);
      await digests.sync();
    }
    await appendFile(join(directory, 'staged.log'), Buffer.alloc(45));
    await using digests = await open();
    expect(await digests.stage(ROUND, [3 * BLOCK_BYTES])).toEqual([3 * BLOCK_BYTES]);
    await stage(digests, [5]);
    await digests.seal();
    await digests.fold(ROUND);
    expect(await rootIn(digests)).toBe(rootWith([1, 2, 5]));
  });

  it('are not mixed with what never reached the storage, however early it says it belongs', async () => {
    {
      await using digests = await open();
      await digests.stage(ROUND, [0]);
      await stage(digests, [1, 2]);
      await digests.sync();
    }
    const garbage = Buffer.alloc(32, 0xee).fill(0, 0, 12);
    garbage.writeUInt32LE(1, 8);
    await appendFile(join(directory, 'staged.log'), garbage);
    await using digests = await open();
    await digests.stage(ROUND, [3 * BLOCK_BYTES]);
    await digests.seal();
    await digests.fold(ROUND);
    expect(await rootIn(digests)).toBe(rootWith([1, 2]));
  });

  it('that are gone make the round begin anew, whatever the target has recorded', async () => {
    await using digests = await open();
    expect(await digests.stage(ROUND, [40 * BLOCK_BYTES])).toEqual([0]);
  });

  it('of changes leave the other blocks as they were, and make runs of zeros zero', async () => {
    await using digests = await open();
    await digests.stage(ROUND, [0]);
    await stage(
      digests,
      Array.from({ length: BLOCKS }, (_, block) => block),
    );
    await digests.seal();
    await digests.fold(ROUND);
    const changes = { round: 1, frozen: 'f1', whole: false };
    await digests.stage(changes, [0]);
    await digests.add(0, { block: 10, count: 80, digest: ZERO_DIGEST });
    await digests.add(0, { block: 95, count: 1, digest: ZERO_DIGEST });
    await digests.seal();
    await digests.fold(changes);
    const left = Array.from({ length: BLOCKS }, (_, block) => block).filter(
      (block) => (block < 10 || block >= 90) && block !== 95,
    );
    expect(await rootIn(digests)).toBe(rootWith(left));
  });

  it('of other disks are not gone on with', async () => {
    {
      await using digests = await open();
      await digests.stage(ROUND, [0]);
      await stage(digests, [1]);
      await digests.seal();
      await digests.fold(ROUND);
    }
    const disks = [{ disk: 'SCSI 0:0', virtualBytes: (BLOCKS - 1) * BLOCK_BYTES }];
    await using digests = await SourceDigests.open(directory, disks);
    expect(digests.round).toBe(-1);
  });
});
