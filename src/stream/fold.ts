/**
 * Folds a staged round into the copy's disks: the round is whole in staging and recorded as such,
 * so that a crash in between is mended by doing it again from the start.
 */

import { rm } from 'node:fs/promises';
import { type ChainReader, openChain } from '../disks/chain.ts';
import type { DiskWriter, Extent } from '../disks/disk.ts';
import { openForWriting } from '../disks/writer.ts';
import type { DigestHash } from './blocks.ts';
import { placesIn, type SessionDisk } from './copy-records.ts';
import type { CopyStore } from './copy-store.ts';
import { type DataFrame, readDataFrame } from './data-frame.ts';
import type { DigestFile } from './digest-file.ts';
import { inOrder } from './in-order.ts';
import { ExpectedBlocks, readBack } from './read-back.ts';
import { stagedPayloads } from './staging.ts';

/** Bytes written, and blocks to read back, between two flushes. */
const SEGMENT_BYTES = 67_108_864;
const SEGMENT_BLOCKS_MAX = 4096;
/** Of small pieces most of the time goes into the way to the disk and back. */
const WRITES_IN_FLIGHT = 4;

interface OpenDisk {
  readonly shape: SessionDisk;
  readonly writer: DiskWriter;
  readonly digests: DigestFile;
  expected: ExpectedBlocks;
  /** Opened by the first read-back: what a writer changes but maps and payload, it changed before. */
  reader?: ChainReader;
}

/** Writes, flushes, reads back, and then makes the round the copy's committed one. */
export async function fold(
  copy: CopyStore,
  onProgress: (bytesFolded: number) => void,
): Promise<void> {
  const { folding, ...committed } = copy.committed ?? {};
  if (folding === undefined || !('vm' in committed)) return;
  const shapes = folding.order.map((id) => copy.disk(id));
  {
    await using disks = new OpenDisks(copy, shapes, folding.hash);
    await foldFrames(copy, { disks, shapes, stagedBytes: folding.stagedBytes, onProgress });
  }
  const roots = await copy.roots(shapes);
  await copy.commit({
    ...committed,
    operation: folding.operation,
    round: folding.round,
    frozen: folding.frozen,
    committedAt: Date.now(),
    disks: shapes.map(({ disk, path, virtualBytes }, index) => {
      return { disk, path, virtualBytes, digest: roots[index] ?? '' };
    }),
  });
  await rm(placesIn(copy.directory).staging, { force: true });
}

interface Folding {
  readonly disks: OpenDisks;
  readonly shapes: readonly SessionDisk[];
  readonly stagedBytes: number;
  readonly onProgress: (bytesFolded: number) => void;
}

async function foldFrames(
  copy: CopyStore,
  { disks, shapes, stagedBytes, onProgress }: Folding,
): Promise<void> {
  let bytesFolded = 0;
  let segmentBytes = 0;
  const range = { from: 0, to: stagedBytes };
  for await (const payload of stagedPayloads(placesIn(copy.directory).staging, range)) {
    const frame = readDataFrame(payload, shapes);
    const disk = await disks.get(frame.disk);
    await applyFrame(disk.writer, frame);
    disk.expected.add(frame, disk.shape.virtualBytes);
    segmentBytes += frame.data.length;
    bytesFolded += payload.length;
    onProgress(bytesFolded);
    if (segmentBytes < SEGMENT_BYTES && disk.expected.count < SEGMENT_BLOCKS_MAX) continue;
    await disks.readBack();
    segmentBytes = 0;
  }
  await disks.readBack();
}

/** Writes what a frame says, of which no part touches another. Doing it twice is as good as once. */
export async function applyFrame(writer: DiskWriter, frame: DataFrame): Promise<void> {
  const write = ({ kind, offset, length }: Extent, bytes: Buffer): Promise<void> =>
    kind === 'zero' ? writer.zero(offset, length) : writer.write(offset, bytes);
  const writes = inOrder(partsOf(frame), WRITES_IN_FLIGHT, ([extent, bytes]) =>
    write(extent, bytes),
  );
  for await (const _ of writes);
}

function* partsOf({ extents, data }: DataFrame): Generator<readonly [Extent, Buffer]> {
  let at = 0;
  for (const extent of extents) {
    const from = at;
    if (extent.kind === 'data') at += extent.length;
    yield [extent, data.subarray(from, at)];
  }
}

/** The disks of a copy that a round has touched so far. */
export class OpenDisks implements AsyncDisposable {
  readonly #copy: CopyStore;
  readonly #shapes: readonly SessionDisk[];
  readonly #hash: DigestHash;
  readonly #open = new Map<number, OpenDisk>();

  /** `hash`: what the round's digests are made with. */
  constructor(copy: CopyStore, shapes: readonly SessionDisk[], hash: DigestHash) {
    this.#copy = copy;
    this.#shapes = shapes;
    this.#hash = hash;
  }

  /** By the number that the round's frames use. */
  async get(index: number): Promise<OpenDisk> {
    const open = this.#open.get(index);
    if (open !== undefined) return open;
    const shape = this.#shapes[index];
    if (shape === undefined) throw new Error(`Disk ${index} of ${this.#shapes.length}`);
    const writer = await openForWriting(shape.path);
    const digests = await this.#copy.openDigests(shape);
    const made: OpenDisk = { shape, writer, digests, expected: new ExpectedBlocks() };
    this.#open.set(index, made);
    return made;
  }

  /**
   * Flushes what is expected since the last time, once it has been `written`, and compares it with
   * what storage holds.
   * @throws {Problem} unbuffered-read-refused {path}
   */
  async readBack(written: Promise<unknown> = Promise.resolve()): Promise<void> {
    // At once, so that what is written from now on is expected by the next read-back alone.
    const touched = [...this.#open.values()].map((disk) => {
      const { expected } = disk;
      disk.expected = new ExpectedBlocks();
      return { disk, expected };
    });
    await written;
    for (const { disk, expected } of touched) {
      if (expected.count === 0) continue;
      await disk.writer.flush();
      const { path } = disk.shape;
      disk.reader ??= await openChain(path, { unbuffered: true });
      const { reader, digests } = disk;
      await readBack(expected, { path, disk: reader, hash: this.#hash, digests });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { writer, digests, reader } of this.#open.values()) {
      await reader?.[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
      await digests[Symbol.asyncDispose]();
    }
    this.#open.clear();
  }
}
