/**
 * Where the frames of a round go. A whole round is written straight into the copy's disks, which
 * are no copy yet; any other goes to staging and reaches the disks only when all of it is here.
 */

import { openChain } from '../disks/chain.ts';
import { blockCount } from './blocks.ts';
import { placesIn, type Receiving, type SessionDisk } from './copy-records.ts';
import type { CopyStore } from './copy-store.ts';
import { readDataFrame } from './data-frame.ts';
import { applyFrame, OpenDisks } from './fold.ts';
import { frameRefused } from './frames.ts';
import type { Frame } from './inbox.ts';
import { rescan } from './read-back.ts';
import { Staging, stagedPayloads } from './staging.ts';

const WRITES_IN_FLIGHT = 4;

export interface Intake extends AsyncDisposable {
  /** Bytes of the staging file that are recorded; 0 where nothing is staged. */
  readonly stagedBytes: number;
  /**
   * Takes a data frame and releases it when its bytes are no longer needed. Resolves with how many
   * of the disk's own bytes it has.
   */
  take(frame: Frame): Promise<number>;
  /** Flushes, reads back and records what was taken up to now. One at a time, beside `take`. */
  record(): Promise<void>;
  /** Makes the round the copy's committed one. Everything has been recorded. */
  commit(onProgress: (bytesFolded: number) => void): Promise<void>;
}

export interface Incoming {
  readonly copy: CopyStore;
  /** In the order of the round. */
  readonly shapes: readonly SessionDisk[];
  readonly receiving: Receiving;
}

export async function openIntake(incoming: Incoming): Promise<Intake> {
  return incoming.receiving.mode === 'whole'
    ? new WholeIntake(incoming)
    : await StagedIntake.open(incoming);
}

class WholeIntake implements Intake {
  readonly stagedBytes = 0;
  /** Frames that are being written; none of them touches what another does. */
  readonly #writes = new Set<Promise<void>>();
  #failed: { error: unknown } | undefined;
  readonly #incoming: Incoming;
  readonly #disks: OpenDisks;

  constructor(incoming: Incoming) {
    this.#incoming = incoming;
    this.#disks = new OpenDisks(incoming.copy, incoming.shapes, incoming.receiving.hash);
  }

  async take(frame: Frame): Promise<number> {
    const data = readDataFrame(frame.payload, this.#incoming.shapes);
    const disk = await this.#disks.get(data.disk);
    disk.expected.add(data, disk.shape.virtualBytes);
    const write = applyFrame(disk.writer, data)
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => {
        this.#writes.delete(write);
        frame.release();
      });
    this.#writes.add(write);
    if (this.#writes.size >= WRITES_IN_FLIGHT) await Promise.race(this.#writes);
    this.#throwIfFailed();
    return data.data.length;
  }

  async record(): Promise<void> {
    const written = Promise.all(this.#writes).then(() => this.#throwIfFailed());
    await this.#disks.readBack(written);
  }

  #throwIfFailed(): void {
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  async commit(): Promise<void> {
    const { copy, shapes, receiving } = this.#incoming;
    const { vm, host, operation } = copy.session;
    const roots = await copy.roots(shapes);
    await copy.commit({
      vm,
      host,
      operation,
      round: receiving.round,
      frozen: receiving.frozen,
      committedAt: Date.now(),
      disks: shapes.map(({ disk, path, virtualBytes }, index) => {
        return { disk, path, virtualBytes, digest: roots[index] ?? '' };
      }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#writes);
    await this.#disks[Symbol.asyncDispose]();
  }
}

class StagedIntake implements Intake {
  readonly #incoming: Incoming;
  readonly #staging: Staging;
  #readBack: number;

  private constructor(incoming: Incoming, staging: Staging) {
    this.#incoming = incoming;
    this.#staging = staging;
    this.#readBack = staging.bytes;
  }

  static async open(incoming: Incoming): Promise<StagedIntake> {
    const { copy, receiving } = incoming;
    const path = placesIn(copy.directory).staging;
    return new StagedIntake(incoming, await Staging.open(path, receiving.stagedBytes));
  }

  get stagedBytes(): number {
    return this.#readBack;
  }

  async take(frame: Frame): Promise<number> {
    const { length } = readDataFrame(frame.payload, this.#incoming.shapes).data;
    await this.#staging.append(frame.whole);
    frame.release();
    return length;
  }

  async record(): Promise<void> {
    const range = { from: this.#readBack, to: this.#staging.bytes };
    if (range.from === range.to) return;
    await this.#staging.flush();
    for await (const _ of stagedPayloads(this.#staging.path, range));
    this.#readBack = range.to;
  }

  async commit(onProgress: (bytesFolded: number) => void): Promise<void> {
    const { copy, receiving } = this.#incoming;
    const { committed } = copy;
    if (committed === undefined) throw new Error('A staged round without a round to stand on');
    const { round, frozen, order, hash } = receiving;
    const { operation } = copy.session;
    const folding = { operation, round, frozen, order, hash, stagedBytes: this.#readBack };
    await copy.commit({ ...committed, folding });
    await copy.finishFold(onProgress);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staging[Symbol.asyncDispose]();
  }
}

/** Digests of blocks as they lie on this host's storage now, whatever the digest file says. */
export async function digestsHeld(
  { copy, shapes }: Incoming,
  { disk, block, count }: { disk: number; block: number; count: number },
): Promise<Buffer> {
  const shape = shapes[disk];
  if (shape === undefined || block + count > blockCount(shape.virtualBytes)) {
    throw frameRefused(`digests of block ${block} to ${block + count} of disk ${disk}`);
  }
  await using digests = await copy.openDigests(shape);
  await using reader = await openChain(shape.path, { unbuffered: true });
  return await rescan(reader, { block, count }, digests);
}
