/** The digests of one disk's blocks in a file, 16 bytes each; a hole is blocks of zeros. */

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { blockCount, DIGEST_BYTES } from './blocks.ts';
import { sumsOf } from './page-sums.ts';

/** Digests read or written at once: 4 GiB of a disk. */
const WINDOW_BYTES = 1_048_576;
/** Digests that are changed together, of 256 MiB of a disk: those of scattered blocks are one write. */
const PAGE_BYTES = 65_536;

export class DigestFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #bytes: number;
  /** Of pages as they are on the disk; what is not in it is summed anew. */
  readonly #sums: Map<number, Buffer>;
  /** What was changed last, until something else is, or it is flushed. */
  #page: { readonly offset: number; readonly digests: Buffer } | undefined;

  private constructor(handle: FileHandle, bytes: number, sums: Map<number, Buffer>) {
    this.#handle = handle;
    this.#bytes = bytes;
    this.#sums = sums;
  }

  /** A new file holds a disk of zeros. */
  static async open(path: string, virtualBytes: number): Promise<DigestFile> {
    const handle = await open(path, 'a').then(async (made) => {
      await made.close();
      return open(path, 'r+');
    });
    const bytes = blockCount(virtualBytes) * DIGEST_BYTES;
    const file = new DigestFile(handle, bytes, await sumsOf(handle));
    await handle.truncate(bytes);
    return file;
  }

  async read(block: number, count: number): Promise<Buffer> {
    await this.#writePage();
    const digests = Buffer.alloc(count * DIGEST_BYTES);
    await this.#fill(digests, block * DIGEST_BYTES);
    return digests;
  }

  /** Writes the digests of blocks that follow each other. One call after the other. */
  async write(block: number, digests: Buffer): Promise<void> {
    const at = block * DIGEST_BYTES;
    const within = at % PAGE_BYTES;
    if (within + digests.length > PAGE_BYTES) {
      await this.#writePage();
      await this.#write(digests, at);
      return;
    }
    if (this.#page?.offset !== at - within) {
      await this.#writePage();
      const page = Buffer.alloc(Math.min(PAGE_BYTES, this.#bytes - (at - within)));
      await this.#fill(page, at - within);
      this.#page = { offset: at - within, digests: page };
    }
    digests.copy(this.#page.digests, within);
  }

  /** Blocks of zeros; what already is zero is left a hole. */
  async zero(block: number, count: number): Promise<void> {
    await this.#writePage();
    const end = (block + count) * DIGEST_BYTES;
    for (let at = block * DIGEST_BYTES; at < end; at += WINDOW_BYTES) {
      const window = Buffer.alloc(Math.min(WINDOW_BYTES, end - at));
      await this.#fill(window, at);
      if (window.every((byte) => byte === 0)) continue;
      await this.#write(window.fill(0), at);
    }
  }

  /** A disk of zeros again. */
  async clear(): Promise<void> {
    this.#page = undefined;
    this.#sums.clear();
    await this.#handle.truncate(0);
    await this.#handle.truncate(this.#bytes);
  }

  async sync(): Promise<void> {
    await this.#writePage();
    await this.#handle.datasync();
  }

  /** SHA-256 in hex over the SHA-256 of each page: equal disks have equal roots. */
  async root(): Promise<string> {
    await this.#writePage();
    const hash = createHash('sha256');
    for (let offset = 0; offset < this.#bytes; offset += PAGE_BYTES) {
      const number = offset / PAGE_BYTES;
      const sum = this.#sums.get(number) ?? (await this.#sum(offset));
      this.#sums.set(number, sum);
      hash.update(sum);
    }
    return hash.digest('hex');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writePage();
    await this.#handle.close();
  }

  async #writePage(): Promise<void> {
    const page = this.#page;
    if (page === undefined) return;
    await this.#write(page.digests, page.offset);
    this.#page = undefined;
  }

  async #write(digests: Buffer, at: number): Promise<void> {
    const [first, last] = [at, at + digests.length - 1].map((one) => Math.floor(one / PAGE_BYTES));
    for (let page = first ?? 0; page <= (last ?? -1); page += 1) this.#sums.delete(page);
    await this.#handle.write(digests, 0, digests.length, at);
  }

  async #sum(offset: number): Promise<Buffer> {
    const page = Buffer.allocUnsafe(Math.min(PAGE_BYTES, this.#bytes - offset));
    await this.#fill(page, offset);
    return createHash('sha256').update(page).digest();
  }

  async #fill(into: Buffer, position: number): Promise<void> {
    for (let done = 0; done < into.length; ) {
      const { bytesRead } = await this.#handle.read(
        into,
        done,
        into.length - done,
        position + done,
      );
      if (bytesRead === 0) throw new Error(`The digest file ends before ${position + into.length}`);
      done += bytesRead;
    }
  }
}
