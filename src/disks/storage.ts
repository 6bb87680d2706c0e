/**
 * One file on storage: exact reads, writes and growth, and a few cached windows for its maps, so
 * that memory does not depend on the size of a disk.
 */

import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Verdict } from '../domain/problem.ts';
import { damaged, onFile } from './faults.ts';
import { HeldSectors } from './held-sectors.ts';
import { type Access, OpenFile } from './open-file.ts';
import { layOver, type Overlay } from './overlay.ts';
import { partsOf } from './parts.ts';

export const WINDOW_BYTES = 64 * 1024;
/** For each open file: 1 MiB. A scan needs two at a time, one of the table and one of a bitmap. */
const WINDOWS_MAX = 16;
const CLEAR_BYTES = 1024 * 1024;
/** File systems know a time of change to some milliseconds. */
const CLOCK_TICK_MS = 20;
/** Twice the largest virtual disk; a file that says more is sparse nonsense. */
export const FILE_BYTES_MAX = 128 * 1024 ** 4;

export class Storage implements AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  readonly #file: OpenFile;
  readonly #windows = new Map<number, Promise<Buffer>>();
  readonly #held = new HeldSectors();
  #bytes: number;
  #overlay: Overlay | undefined;
  #lastFlush: Promise<void> = Promise.resolve();

  private constructor(file: OpenFile, bytes: number) {
    this.path = file.path;
    this.#file = file;
    this.#bytes = bytes;
  }

  static async open(path: string, access: Access): Promise<Storage> {
    const file = await OpenFile.open(path, access);
    try {
      const { size } = await file.stat();
      if (size > FILE_BYTES_MAX)
        throw damaged(file.path, { what: 'file size', offset: 0, value: size });
      return new Storage(file, size);
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isWritable(): boolean {
    return this.#file.access === 'r+' || this.#file.access === 'wx';
  }

  /** How many sectors of maps wait for the next flush. */
  get heldSectors(): number {
    return this.#held.count;
  }

  /** From here on the file reads as it will with these changes; it is not written to. */
  layOver(overlay: Overlay): void {
    this.#overlay = overlay;
    this.#windows.clear();
    this.#bytes = Math.max(this.#bytes, overlay.bytes);
  }

  /** Fills `into`; a file that ends before that is a Verdict which names `what` was looked for. */
  async read(position: number, into: Uint8Array, what: string): Promise<void> {
    let departures: number;
    // What left for the file while that was read may be in neither; each time takes two syncs.
    do {
      ({ departures } = this.#held);
      const done = await this.#file.read(position, into);
      if (done < into.length && position + into.length > (this.#overlay?.bytes ?? 0))
        throw await this.truncated(what, position, into.length);
      into.fill(0, done);
    } while (departures !== this.#held.departures);
    this.#held.layOver(position, into);
    if (this.#overlay !== undefined) layOver(this.#overlay, position, into);
  }

  /** Bytes in aligned memory go past the page cache, as far as the operating system allows it. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    await this.#file.write(position, bytes);
    this.#bytes = Math.max(this.#bytes, position + bytes.length);
  }

  /** The cached window of `WINDOW_BYTES` that `position` lies in. Not to be changed, nor kept. */
  window(position: number): Promise<Buffer> {
    const start = position - (position % WINDOW_BYTES);
    const window = this.#windows.get(start) ?? this.#load(start);
    this.#windows.delete(start);
    this.#windows.set(start, window);
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= WINDOWS_MAX) break;
      this.#windows.delete(oldest);
    }
    return window;
  }

  /** Bytes of a map, by way of the cached windows. Not to be changed, nor kept. */
  async cached(position: number, length: number): Promise<Buffer> {
    const start = position % WINDOW_BYTES;
    if (start + length <= WINDOW_BYTES)
      return (await this.window(position)).subarray(start, start + length);
    const bytes = Buffer.alloc(length);
    for (const { block, within, length: partLength, at } of partsOf(
      position,
      length,
      WINDOW_BYTES,
    )) {
      const window = await this.window(block * WINDOW_BYTES);
      window.copy(bytes, at, within, within + partLength);
    }
    return bytes;
  }

  /** Forgets the cached windows: somebody else changes the file, and it is read anew. */
  forget(): void {
    this.#windows.clear();
  }

  /** Writes bytes of a map that no other part of it shows yet, in the cache too. */
  async patch(position: number, bytes: Uint8Array): Promise<void> {
    await this.write(position, bytes);
    // Only now: a window that was loaded meanwhile may hold the bytes as they were before.
    for (const { block, within, length, at } of partsOf(position, bytes.length, WINDOW_BYTES)) {
      const window = await this.window(block * WINDOW_BYTES);
      window.set(bytes.subarray(at, at + length), within);
    }
  }

  /** Changes bytes of a map for all who read them here; on storage with the next flush. One at a time. */
  async hold(position: number, bytes: Uint8Array): Promise<void> {
    for (const { block, within, length, at } of partsOf(position, bytes.length, WINDOW_BYTES)) {
      const start = block * WINDOW_BYTES;
      const loading = this.window(start);
      const window = await loading;
      window.set(bytes.subarray(at, at + length), within);
      this.#held.keep({ offset: start + within, length }, window, start);
      // It may have gone from the cache meanwhile, and been read again as it was.
      this.#windows.set(start, loading);
    }
  }

  /** Makes a range zeros, writing only where it is not: what was never written stays so. */
  async clear(position: number, length: number): Promise<void> {
    const zeros = Buffer.alloc(Math.min(length, CLEAR_BYTES));
    const held = Buffer.alloc(zeros.length);
    for (let done = 0; done < length; done += zeros.length) {
      const part = held.subarray(0, Math.min(zeros.length, length - done));
      await this.read(position + done, part, 'payload');
      const none = zeros.subarray(0, part.length);
      if (!part.equals(none)) await this.write(position + done, none);
    }
  }

  /** Makes the file longer; what is new reads as zeros. */
  async growTo(bytes: number): Promise<void> {
    await this.#file.growTo(bytes);
    this.#bytes = bytes;
  }

  /**
   * Everything written and held before is on storage when it resolves; first what was written, so that
   * a map shows nothing that can be lost. Once it failed it fails for good: which of the writes have
   * reached storage then, the operating system cannot tell.
   */
  flush(): Promise<void> {
    this.#lastFlush = this.#lastFlush.then(() => this.#flushNow());
    return this.#lastFlush;
  }

  /** Whether the range lies in the file, as long as the file is by now. */
  async holds(position: number, length: number): Promise<boolean> {
    if (position + length <= this.#bytes) return true;
    const { size } = await this.#file.stat();
    this.#bytes = Math.max(size, this.#overlay?.bytes ?? 0);
    return position + length <= this.#bytes;
  }

  /** When the file's content changed last, as its file system tells it. */
  async changedAt(): Promise<bigint> {
    return await changedAt(this.path);
  }

  /** Waits until a write is sure to get another time of change than the one before. */
  async untilNextTick(): Promise<void> {
    const age = Date.now() - (await this.#file.stat()).mtimeMs;
    if (age >= 0 && age < CLOCK_TICK_MS) await sleep(CLOCK_TICK_MS - age);
  }

  async truncated(what: string, offset: number, length: number): Promise<Verdict> {
    const { size: fileBytes } = await this.#file.stat();
    return new Verdict('disk-truncated', { file: this.path, what, offset, length, fileBytes });
  }

  /** What is held is flushed first, but for a failure that whoever closes knows of. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using _ = this.#file;
    if (this.#held.count > 0 && !this.#file.hasFailed) await this.flush();
    this.#windows.clear();
  }

  async #flushNow(): Promise<void> {
    // Before the first sync: what is held from now on may show what that does not cover.
    const leaving = this.#held.leave();
    await this.#file.sync();
    if (leaving.length === 0) return;
    for (const { position, bytes } of leaving) await this.write(position, bytes);
    await this.#file.sync();
    this.#held.left();
  }

  #load(start: number): Promise<Buffer> {
    const loading = (async () => {
      const bytes = Buffer.alloc(WINDOW_BYTES);
      // The last window may be longer than the file: whoever asks has seen that his part is there.
      const length = Math.min(WINDOW_BYTES, Math.max(this.#bytes - start, 1));
      await this.read(start, bytes.subarray(0, length), 'map');
      return bytes;
    })();
    // A failed read must not be remembered; whoever waits for it hears of it.
    loading.catch(() => this.#windows.delete(start));
    return loading;
  }
}

/** Nanoseconds since 1970. By the path, so that a file that nobody has open can be asked too. */
export async function changedAt(path: string): Promise<bigint> {
  return (await onFile(path, () => stat(path, { bigint: true }))).mtimeNs;
}
