/**
 * Reads what was written back past the page cache, hashes it and compares. The digests that it puts
 * into the copy's digest file are those of what was read, never those that were sent.
 */

import type { ChainReader } from '../disks/chain.ts';
import type { DiskReader } from '../disks/disk.ts';
import { AlignedPool } from '../disks/unbuffered.ts';
import { Verdict } from '../domain/problem.ts';
import {
  BLOCK_BYTES,
  blockDigest,
  DIGEST_HASH,
  type DigestHash,
  PIECE_BYTES,
  ZERO_DIGEST,
} from './blocks.ts';
import { type DataFrame, wholeBlocks } from './data-frame.ts';
import type { DigestFile } from './digest-file.ts';
import { inOrder } from './in-order.ts';

const READS_IN_FLIGHT = 4;
const BLOCKS_A_READ = PIECE_BYTES / BLOCK_BYTES;
const pieces = new AlignedPool(PIECE_BYTES, 2 * READS_IN_FLIGHT);

interface Blocks {
  readonly block: number;
  readonly count: number;
}

/** What blocks of one disk must be, gathered until they are read back. */
export class ExpectedBlocks {
  readonly #digests = new Map<number, Buffer>();
  #zero: Blocks[] = [];

  get count(): number {
    return this.#digests.size + this.#zero.length;
  }

  add({ blocks, extents }: DataFrame, virtualBytes: number): void {
    for (const { block, digest } of blocks) this.#digests.set(block, Buffer.from(digest));
    for (const extent of extents) {
      if (extent.kind !== 'zero') continue;
      const { from, to } = wholeBlocks(extent, virtualBytes);
      if (from < to) this.#zero.push({ block: from, count: to - from });
    }
  }

  digestOf(block: number): Buffer {
    return this.#digests.get(block) ?? ZERO_DIGEST;
  }

  /** Blocks that follow each other, as many as are read at once. */
  *runs(): Generator<Blocks> {
    let run: { block: number; count: number } | undefined;
    for (const block of [...this.#digests.keys()].toSorted((a, b) => a - b)) {
      if (run !== undefined && run.block + run.count === block && run.count < BLOCKS_A_READ) {
        run.count += 1;
      } else {
        if (run !== undefined) yield run;
        run = { block, count: 1 };
      }
    }
    if (run !== undefined) yield run;
    yield* this.#zeroRuns();
  }

  *#zeroRuns(): Generator<Blocks> {
    for (const { block, count } of this.#zero) {
      for (let done = 0; done < count; done += BLOCKS_A_READ) {
        yield { block: block + done, count: Math.min(BLOCKS_A_READ, count - done) };
      }
    }
  }
}

export interface ReadingBack {
  readonly path: string;
  /** Unbuffered. It may have been opened before the writes: of their maps it keeps nothing. */
  readonly disk: ChainReader;
  /** What the expected digests are made with. */
  readonly hash: DigestHash;
  readonly digests: DigestFile;
}

/**
 * Reads the expected blocks of the disk at `path` and takes their digests over; durable when it
 * resolves.
 * @throws {Verdict} stream-read-back-differs {path, offset}
 */
export async function readBack(
  expected: ExpectedBlocks,
  { path, disk, hash, digests }: ReadingBack,
): Promise<void> {
  disk.forget();
  const hashed = inOrder(expected.runs(), READS_IN_FLIGHT, (run) => hashBlocks(disk, run, hash));
  for await (const { block, found } of hashed) {
    for (const [index, digest] of found.entries()) {
      if (digest.equals(expected.digestOf(block + index))) continue;
      throw new Verdict('stream-read-back-differs', {
        path,
        offset: (block + index) * BLOCK_BYTES,
      });
    }
    await digests.write(block, Buffer.concat(found));
  }
  await digests.sync();
}

/** Hashes what a disk holds now: for a copy that is not trusted to be what its records say. */
export async function rescan(
  disk: DiskReader,
  { block, count }: Blocks,
  digests: DigestFile,
): Promise<Buffer> {
  const all: Buffer[] = [];
  const runs: Blocks[] = [];
  for (let done = 0; done < count; done += BLOCKS_A_READ) {
    runs.push({ block: block + done, count: Math.min(BLOCKS_A_READ, count - done) });
  }
  const work = (run: Blocks) => hashBlocks(disk, run, DIGEST_HASH);
  for await (const { found } of inOrder(runs, READS_IN_FLIGHT, work)) all.push(...found);
  const found = Buffer.concat(all);
  await digests.write(block, found);
  return found;
}

async function hashBlocks(
  disk: DiskReader,
  { block, count }: Blocks,
  hash: DigestHash,
): Promise<{ block: number; found: Buffer[] }> {
  const piece = await pieces.take();
  try {
    const offset = block * BLOCK_BYTES;
    const length = Math.min(count * BLOCK_BYTES, disk.virtualBytes - offset);
    const bytes = piece.bytes.subarray(0, length);
    await disk.read(offset, bytes);
    const found: Buffer[] = [];
    for (let at = 0; at < length; at += BLOCK_BYTES) {
      const one = bytes.subarray(at, Math.min(at + BLOCK_BYTES, length));
      found.push(blockDigest(one, hash));
    }
    return { block, found };
  } finally {
    piece.release();
  }
}
