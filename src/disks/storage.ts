/**
 * One file on storage: exact reads, writes and growth, and a few cached windows for its maps, so
 * that memory does not depend on the size of a disk.
 */

import { type FileHandle, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Verdict } from '../domain/problem.ts';
import { damaged, onFile } from './faults.ts';
import { layOver, type Overlay } from './overlay.ts';
import { partsOf } from './parts.ts';
import { isAligned, openUnbuffered, openUnbufferedWrites, readUnbuffered } from './unbuffered.ts';

export const WINDOW_BYTES = 64 * 1024;
/** For each open file: 1 MiB. A scan needs two at a time, one of the table and one of a bitmap. */
const WINDOWS_MAX = 16;
/** Node takes at most 2 GiB at once. */
const TRANSFER_BYTES_MAX = 1024 ** 3;
const CLEAR_BYTES = 1024 * 1024;
/** File systems know a time of change to some milliseconds. */
const CLOCK_TICK_MS = 20;
/** Twice the largest virtual disk; a file that says more is sparse nonsense. */
export const FILE_BYTES_MAX = 128 * 1024 ** 4;

/** `r` never changes the file; `wx` creates it and refuses to overwrite; `unbuffered` is an `r` that
 * goes past the page cache. */
export type Access = 'r' | 'r+' | 'wx' | 'unbuffered';

export class Storage implements AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #access: Access;
  readonly #windows = new Map<number, Promise<Buffer>>();
  #bytes: number;
  #overlay: Overlay | undefined;
  /** A second handle that writes past the page cache; undefined where that is not offered. */
  #unbufferedWrites: Promise<FileHandle | undefined> | undefined;

  private constructor(path: string, handle: FileHandle, file: { bytes: number; access: Access }) {
    this.path = path;
    this.#handle = handle;
    this.#access = file.access;
    this.#bytes = file.bytes;
  }

  static async open(file: string, access: Access): Promise<Storage> {
    const path = resolve(file);
    const handle = await onFile(path, () => openFile(path, access));
    try {
      const stat = await onFile(path, () => handle.stat());
      if (!stat.isFile()) throw new Verdict('disk-not-a-disk', { file: path, found: 'no file' });
      if (stat.size > FILE_BYTES_MAX)
        throw damaged(path, { what: 'file size', offset: 0, value: stat.size });
      return new Storage(path, handle, { bytes: stat.size, access });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isWritable(): boolean {
    return this.#access === 'r+' || this.#access === 'wx';
  }

  /** From here on the file reads as it will with these changes; it is not written to. */
  layOver(overlay: Overlay): void {
    this.#overlay = overlay;
    this.#windows.clear();
    this.#bytes = Math.max(this.#bytes, overlay.bytes);
  }

  /** Fills `into`; a file that ends before that is a Verdict which names `what` was looked for. */
  async read(position: number, into: Uint8Array, what: string): Promise<void> {
    let done = 0;
    while (done < into.length) {
      const length = Math.min(into.length - done, TRANSFER_BYTES_MAX);
      const part = into.subarray(done, done + length);
      const bytesRead = await onFile(this.path, () => this.#readSome(position + done, part));
      if (bytesRead === 0) {
        if (position + into.length > (this.#overlay?.bytes ?? 0))
          throw await this.truncated(what, position, into.length);
        into.fill(0, done);
        break;
      }
      done += bytesRead;
    }
    if (this.#overlay !== undefined) layOver(this.#overlay, position, into);
  }

  /** Bytes in aligned memory go past the page cache, as far as the operating system allows it. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const length = Math.min(bytes.length - done, TRANSFER_BYTES_MAX);
      const part = bytes.subarray(done, done + length);
      done += await onFile(this.path, () => this.#writeSome(position + done, part));
    }
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

  /** Writes bytes of a map, in the cache too. */
  async patch(position: number, bytes: Uint8Array): Promise<void> {
    await this.write(position, bytes);
    // Only now: a window that was loaded meanwhile may hold the bytes as they were before.
    for (const { block, within, length, at } of partsOf(position, bytes.length, WINDOW_BYTES)) {
      const window = await this.window(block * WINDOW_BYTES);
      window.set(bytes.subarray(at, at + length), within);
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
    await onFile(this.path, () => this.#handle.truncate(bytes));
    this.#bytes = bytes;
  }

  /** Everything written before is on storage when it resolves. */
  async flush(): Promise<void> {
    await onFile(this.path, () => this.#handle.datasync());
  }

  /** Whether the range lies in the file, as long as the file is by now. */
  async holds(position: number, length: number): Promise<boolean> {
    if (position + length <= this.#bytes) return true;
    const { size } = await onFile(this.path, () => this.#handle.stat());
    this.#bytes = Math.max(size, this.#overlay?.bytes ?? 0);
    return position + length <= this.#bytes;
  }

  /** When the file's content changed last, as its file system tells it. */
  async changedAt(): Promise<bigint> {
    return await changedAt(this.path);
  }

  /** Waits until a write is sure to get another time of change than the one before. */
  async untilNextTick(): Promise<void> {
    const { mtimeMs } = await onFile(this.path, () => this.#handle.stat());
    const age = Date.now() - mtimeMs;
    if (age >= 0 && age < CLOCK_TICK_MS) await sleep(CLOCK_TICK_MS - age);
  }

  async truncated(what: string, offset: number, length: number): Promise<Verdict> {
    const fileBytes = (await onFile(this.path, () => this.#handle.stat())).size;
    return new Verdict('disk-truncated', { file: this.path, what, offset, length, fileBytes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#windows.clear();
    await (await this.#unbufferedWrites)?.close();
    await this.#handle.close();
  }

  async #writeSome(position: number, bytes: Uint8Array): Promise<number> {
    if (isAligned(bytes, position)) this.#unbufferedWrites ??= openUnbufferedWrites(this.path);
    const unbuffered = isAligned(bytes, position) ? await this.#unbufferedWrites : undefined;
    const handle = unbuffered ?? this.#handle;
    return (await handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }

  async #readSome(position: number, into: Uint8Array): Promise<number> {
    if (this.#access === 'unbuffered') return await readUnbuffered(this.#handle, into, position);
    return (await this.#handle.read(into, 0, into.length, position)).bytesRead;
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

function openFile(path: string, access: Access): Promise<FileHandle> {
  if (access === 'unbuffered') return openUnbuffered(path);
  return open(path, access === 'wx' ? 'wx+' : access);
}

/** Nanoseconds since 1970. By the path, so that a file that nobody has open can be asked too. */
export async function changedAt(path: string): Promise<bigint> {
  return (await onFile(path, () => stat(path, { bigint: true }))).mtimeNs;
}
