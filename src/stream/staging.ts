/**
 * The staging file of a round: data frames as they came, one after the other, checksums included.
 * The copy's disks are touched only once the whole round is here, flushed and read back.
 */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { onFile } from '../disks/faults.ts';
import { AlignedPool, openUnbuffered, readUnbuffered } from '../disks/unbuffered.ts';
import { Verdict } from '../domain/problem.ts';
import { checkPayload, FRAME_HEADER_BYTES, readHeader } from './frames.ts';

const ALIGNMENT_BYTES = 4096;
/** Large enough for any frame, wherever it begins. */
const WINDOW_BYTES = 4_194_304;
/** Folds that read at the same time; more of them wait for each other. */
const windows = new AlignedPool(WINDOW_BYTES, 4);

export class Staging implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;
  #bytes: number;

  private constructor(path: string, handle: FileHandle, bytes: number) {
    this.path = path;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  /** Goes on after the first `bytes`; what a crash left behind them is dropped. */
  static async open(path: string, bytes: number): Promise<Staging> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const { size } = await handle.stat();
    if (size < bytes) {
      await handle.close();
      throw damagedAt(path, size);
    }
    await handle.truncate(bytes);
    return new Staging(path, handle, bytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Appends a whole frame. */
  async append(frame: Buffer): Promise<void> {
    const position = this.#bytes;
    this.#bytes += frame.length;
    for (let done = 0; done < frame.length; ) {
      const left = frame.length - done;
      const write = () => this.#handle.write(frame, done, left, position + done);
      const { bytesWritten } = await onFile(this.path, write);
      done += bytesWritten;
    }
  }

  async flush(): Promise<void> {
    await this.#handle.datasync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

export interface StagedRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The payloads of the frames in a range of the file, read past the page cache and checked. Each is
 * valid until the next is asked for.
 * @throws {Verdict} stream-staging-damaged {path, offset}
 */
export async function* stagedPayloads(
  path: string,
  { from, to }: StagedRange,
): AsyncGenerator<Buffer> {
  await using file = await openUnbuffered(path);
  const window = await windows.take();
  try {
    let start = 0;
    let held = 0;
    const load = async (at: number, length: number): Promise<Buffer> => {
      if (at < start || at + length > start + held) {
        start = at - (at % ALIGNMENT_BYTES);
        held = await fill(file, window.bytes, start);
      }
      if (at + length > start + held) throw damagedAt(path, at);
      return window.bytes.subarray(at - start, at - start + length);
    };
    for (let at = from; at < to; ) {
      const header = headerAt(path, at, await load(at, FRAME_HEADER_BYTES));
      const whole = await load(at, FRAME_HEADER_BYTES + header.length);
      const payload = whole.subarray(FRAME_HEADER_BYTES);
      checkAt(path, at, () => checkPayload(header, payload));
      yield payload;
      at += whole.length;
    }
  } finally {
    window.release();
  }
}

async function fill(file: FileHandle, into: Buffer, position: number): Promise<number> {
  for (let done = 0; done < into.length; ) {
    const bytesRead = await readUnbuffered(file, into.subarray(done), position + done);
    done += bytesRead;
    // Short of the end of the file, an unbuffered read ends at an aligned place.
    if (bytesRead === 0 || bytesRead % ALIGNMENT_BYTES !== 0) return done;
  }
  return into.length;
}

function headerAt(path: string, offset: number, bytes: Buffer) {
  return checkAt(path, offset, () => readHeader(bytes));
}

function checkAt<T>(path: string, offset: number, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new Verdict('stream-staging-damaged', { path, offset }, { cause });
  }
}

const damagedAt = (path: string, offset: number): Verdict =>
  new Verdict('stream-staging-damaged', { path, offset });
