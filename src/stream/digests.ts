/**
 * The source's own digests of what it sent, on its own disk. A round's digests are staged in a log
 * and folded into the digest files only when the target has committed the round: a round that
 * failed leaves no trace. After a restart the target says which round it committed.
 */

import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BLOCK_BYTES, DIGEST_BYTES, DIGEST_HASH } from './blocks.ts';
import { DigestFile } from './digest-file.ts';
import { readRecord, syncDirectory, writeRecord } from './record-file.ts';

/** [disk u32, block u32, count u32, zero, digest 16]; only zeros have a count above 1. */
const ENTRY_BYTES = 16 + DIGEST_BYTES;
const BUFFER_BYTES = 2048 * ENTRY_BYTES;

const stateSchema = z.object({
  disks: z.array(z.object({ disk: z.string(), virtualBytes: z.int() })),
  /** What the digests are made with. */
  hash: z.string().default('sha256'),
  /** The round whose digests the files hold. */
  folded: z.object({ round: z.int(), frozen: z.string() }).optional(),
  staged: z
    .object({
      round: z.int(),
      frozen: z.string(),
      /** The round speaks of the whole disk: what it does not name is zero. */
      whole: z.boolean(),
      /** All of it is in the log. */
      sealed: z.boolean(),
    })
    .optional(),
});
type State = z.infer<typeof stateSchema>;

export interface StagedRound {
  readonly round: number;
  readonly frozen: string;
  readonly whole: boolean;
}

/** Of blocks that follow each other; only zeros are more than one. */
export interface StagedDigest {
  readonly block: number;
  readonly count: number;
  readonly digest: Buffer;
}

/** One owner at a time. */
export class SourceDigests implements AsyncDisposable {
  readonly #directory: string;
  readonly #files: readonly DigestFile[];
  readonly #log: FileHandle;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #buffered = 0;
  #logBytes = 0;
  #state: State;

  private constructor(
    directory: string,
    { files, log, state }: { files: DigestFile[]; log: FileHandle; state: State },
  ) {
    this.#directory = directory;
    this.#files = files;
    this.#log = log;
    this.#state = state;
  }

  /** Goes on with what `directory` holds of the same disks; digests of another hash are dropped. */
  static async open(
    directory: string,
    disks: readonly { readonly disk: string; readonly virtualBytes: number }[],
  ): Promise<SourceDigests> {
    await mkdir(directory, { recursive: true });
    const wanted = disks.map(({ disk, virtualBytes }) => ({ disk, virtualBytes }));
    const record = join(directory, 'digests.json');
    const found = await readRecord(record, stateSchema);
    const isSame = JSON.stringify(found?.disks) === JSON.stringify(wanted);
    const kept = found !== undefined && isSame && found.hash === DIGEST_HASH;
    const state: State = kept ? found : { disks: wanted, hash: DIGEST_HASH };
    if (!kept) await writeRecord(record, state);
    const files: DigestFile[] = [];
    for (const [index, { virtualBytes }] of disks.entries()) {
      const file = await DigestFile.open(join(directory, `${index}.digests`), virtualBytes);
      if (!kept) await file.clear();
      files.push(file);
    }
    const log = await open(join(directory, 'staged.log'), 'a').then(async (made) => {
      await made.close();
      return open(join(directory, 'staged.log'), 'r+');
    });
    const digests = new SourceDigests(directory, { files, log, state });
    if (state.staged === undefined) await log.truncate(0);
    return digests;
  }

  /** The round that the files hold; -1 for none. */
  get round(): number {
    return this.#state.folded?.round ?? -1;
  }

  /** Whether this round's digests are all here, folded or not. */
  keeps({ round, frozen }: { round: number; frozen: string }): boolean {
    const { folded, staged } = this.#state;
    if (folded?.round === round && folded.frozen === frozen) return true;
    return staged?.sealed === true && staged.round === round && staged.frozen === frozen;
  }

  /**
   * Begins to stage a round, or goes on with it. Returns from where on each disk must be sent:
   * `watermarks`, where the digests of everything before are here, else the beginning.
   */
  async stage(round: StagedRound, watermarks: readonly number[]): Promise<readonly number[]> {
    const { staged } = this.#state;
    this.#buffered = 0;
    const same = staged?.round === round.round && staged.frozen === round.frozen;
    if (staged !== undefined && same && staged.whole === round.whole) {
      await this.#keepBefore(watermarks);
      if (staged.sealed) await this.#save({ ...this.#state, staged: { ...round, sealed: false } });
      return watermarks;
    }
    this.#logBytes = 0;
    await this.#log.truncate(0);
    await this.#save({ ...this.#state, staged: { ...round, sealed: false } });
    return watermarks.map(() => 0);
  }

  /** The digests of a round's blocks, in the order of disks and blocks. */
  async add(disk: number, { block, count, digest }: StagedDigest): Promise<void> {
    if (this.#buffered === BUFFER_BYTES) await this.#flush();
    const at = this.#buffered;
    this.#buffer.writeUInt32LE(disk, at);
    this.#buffer.writeUInt32LE(block, at + 4);
    this.#buffer.writeUInt32LE(count, at + 8);
    digest.copy(this.#buffer, at + 16);
    this.#buffered += ENTRY_BYTES;
  }

  /** What was added is durable: only then may the target record what it received. */
  async sync(): Promise<void> {
    await this.#flush();
    await this.#log.datasync();
  }

  /** All of the round is staged: only then may the target commit it. */
  async seal(): Promise<void> {
    await this.sync();
    const { staged } = this.#state;
    if (staged === undefined) throw new Error('No round is staged');
    await this.#save({ ...this.#state, staged: { ...staged, sealed: true } });
  }

  /** The target has committed this round: its digests are the source's from now on. Safe to redo. */
  async fold({ round, frozen }: { round: number; frozen: string }): Promise<void> {
    const { staged, disks, hash } = this.#state;
    if (staged?.round !== round || staged.frozen !== frozen || !staged.sealed) return;
    if (staged.whole) for (const file of this.#files) await file.clear();
    for await (const { disk, block, count, digest } of this.#entries()) {
      const file = this.#files[disk];
      if (file === undefined) throw new Error(`Digests of disk ${disk} of ${disks.length}`);
      if (count === 1) await file.write(block, digest);
      else await file.zero(block, count);
    }
    for (const file of this.#files) await file.sync();
    await this.#save({ disks, hash, folded: { round, frozen } });
    this.#logBytes = 0;
    await this.#log.truncate(0);
  }

  /** SHA-256 over a disk's digests at the last folded round, in hex. */
  async roots(): Promise<{ disk: string; digest: string }[]> {
    const roots: { disk: string; digest: string }[] = [];
    for (const [index, { disk }] of this.#state.disks.entries()) {
      const file = this.#files[index];
      if (file !== undefined) roots.push({ disk, digest: await file.root() });
    }
    return roots;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log.close();
    for (const file of this.#files) await file[Symbol.asyncDispose]();
  }

  /** Removes everything that `open` made. */
  static async remove(directory: string): Promise<void> {
    await rm(directory, { recursive: true, force: true });
    await syncDirectory(join(directory, '..'));
  }

  async #save(state: State): Promise<void> {
    await writeRecord(join(this.#directory, 'digests.json'), state);
    this.#state = state;
  }

  async #flush(): Promise<void> {
    await this.#log.write(this.#buffer, 0, this.#buffered, this.#logBytes);
    this.#logBytes += this.#buffered;
    this.#buffered = 0;
  }

  /** A crash may have left half an entry, or entries that never reached the storage. */
  async #keepBefore(watermarks: readonly number[]): Promise<void> {
    let entries = 0;
    let last = -1;
    for await (const { disk, block } of this.#entries()) {
      const position = disk * 2 ** 32 + block;
      if (position <= last || block * BLOCK_BYTES >= (watermarks[disk] ?? 0)) break;
      last = position;
      entries += 1;
    }
    this.#logBytes = entries * ENTRY_BYTES;
    await this.#log.truncate(this.#logBytes);
  }

  async *#entries(): AsyncGenerator<StagedDigest & { disk: number }> {
    const window = Buffer.alloc(BUFFER_BYTES);
    for (let from = 0; ; from += window.length) {
      const { bytesRead } = await this.#log.read(window, 0, window.length, from);
      for (let at = 0; at + ENTRY_BYTES <= bytesRead; at += ENTRY_BYTES) {
        yield {
          disk: window.readUInt32LE(at),
          block: window.readUInt32LE(at + 4),
          count: window.readUInt32LE(at + 8),
          digest: window.subarray(at + 16, at + ENTRY_BYTES),
        };
      }
      if (bytesRead < window.length) return;
    }
  }
}
