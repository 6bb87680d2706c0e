/** One file that is open: exact reads and writes, past the page cache where that is asked for and offered. */

import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Verdict } from '../domain/problem.ts';
import { onFile } from './faults.ts';
import { isAligned, openUnbuffered, openUnbufferedWrites, readUnbuffered } from './unbuffered.ts';

/** Node takes at most 2 GiB at once. */
const TRANSFER_BYTES_MAX = 1024 ** 3;

/** `r` never changes the file; `wx` creates it and refuses to overwrite; `unbuffered` is an `r` that
 * goes past the page cache. */
export type Access = 'r' | 'r+' | 'wx' | 'unbuffered';

export class OpenFile implements AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  readonly access: Access;
  readonly #handle: FileHandle;
  /** A second handle that writes past the page cache; undefined where that is not offered. */
  #unbufferedWrites: Promise<FileHandle | undefined> | undefined;
  #hasFailed = false;

  private constructor(path: string, access: Access, handle: FileHandle) {
    this.path = path;
    this.access = access;
    this.#handle = handle;
  }

  static async open(file: string, access: Access): Promise<OpenFile> {
    const path = resolve(file);
    const handle = await onFile(path, () => openHandle(path, access));
    try {
      const stat = await onFile(path, () => handle.stat());
      if (!stat.isFile()) throw new Verdict('disk-not-a-disk', { file: path, found: 'no file' });
      return new OpenFile(path, access, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Whether anything that was to change the file could not be done. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  async stat(): Promise<{ readonly size: number; readonly mtimeMs: number }> {
    return await onFile(this.path, () => this.#handle.stat());
  }

  /** Fills as much of `into` as the file has from `position` on, and returns how much that is. */
  async read(position: number, into: Uint8Array): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const length = Math.min(into.length - done, TRANSFER_BYTES_MAX);
      const part = into.subarray(done, done + length);
      const bytesRead = await onFile(this.path, () => this.#readSome(position + done, part));
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  /** Bytes in aligned memory go past the page cache, as far as the operating system allows it. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const length = Math.min(bytes.length - done, TRANSFER_BYTES_MAX);
      const part = bytes.subarray(done, done + length);
      done += await this.#changing(() => this.#writeSome(position + done, part));
    }
  }

  /** What is new reads as zeros. */
  async growTo(bytes: number): Promise<void> {
    await this.#changing(() => this.#handle.truncate(bytes));
  }

  /** Everything written before is on storage when it resolves. */
  async sync(): Promise<void> {
    await this.#changing(() => this.#handle.datasync());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#unbufferedWrites)?.close();
    await this.#handle.close();
  }

  async #changing<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await onFile(this.path, change);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  async #writeSome(position: number, bytes: Uint8Array): Promise<number> {
    if (isAligned(bytes, position)) this.#unbufferedWrites ??= openUnbufferedWrites(this.path);
    const unbuffered = isAligned(bytes, position) ? await this.#unbufferedWrites : undefined;
    const handle = unbuffered ?? this.#handle;
    return (await handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }

  async #readSome(position: number, into: Uint8Array): Promise<number> {
    if (this.access === 'unbuffered') return await readUnbuffered(this.#handle, into, position);
    return (await this.#handle.read(into, 0, into.length, position)).bytesRead;
  }
}

function openHandle(path: string, access: Access): Promise<FileHandle> {
  if (access === 'unbuffered') return openUnbuffered(path);
  return open(path, access === 'wx' ? 'wx+' : access);
}
