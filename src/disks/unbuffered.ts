/**
 * Reads that go past the page cache, to see what the storage holds and not what was handed to it.
 *
 * The operating system then wants position, length and memory aligned. Node's own buffers are not
 * aligned, the memory of a WebAssembly.Memory is.
 */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Problem } from '../domain/problem.ts';

const ALIGNMENT_BYTES = 4096;
const WASM_PAGE_BYTES = 65_536;
/** libuv's UV_FS_O_DIRECT on Windows; Node names it on Linux alone. */
const WINDOWS_O_DIRECT = 0x02000000;
const BOUNCE_BYTES = 262_144;
const BOUNCES_MAX = 8;

/** What we use of it; the types that Node brings leave it to those of browsers. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

const alignedMemories = new WeakSet<ArrayBufferLike>();

export interface AlignedPiece {
  readonly bytes: Buffer;
  release(): void;
}

/** A fixed number of aligned buffers. Whoever holds one waits for no other of the same pool. */
export class AlignedPool {
  readonly #pieceBytes: number;
  readonly #countMax: number;
  readonly #waiting: ((bytes: Buffer) => void)[] = [];
  #free: Buffer[] | undefined;

  constructor(pieceBytes: number, countMax: number) {
    this.#pieceBytes = pieceBytes;
    this.#countMax = countMax;
  }

  async take(): Promise<AlignedPiece> {
    this.#free ??= this.#make();
    const free = this.#free.pop();
    const bytes = free ?? (await new Promise<Buffer>((resolve) => this.#waiting.push(resolve)));
    return { bytes, release: () => this.#release(bytes) };
  }

  #release(bytes: Buffer): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) waiting(bytes);
    else this.#free?.push(bytes);
  }

  /** One memory for all: each reserves gigabytes of addresses, whatever its size. */
  #make(): Buffer[] {
    const bytes = this.#pieceBytes * this.#countMax;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / WASM_PAGE_BYTES) });
    alignedMemories.add(memory.buffer);
    return Array.from({ length: this.#countMax }, (_, index) =>
      Buffer.from(memory.buffer, index * this.#pieceBytes, this.#pieceBytes),
    );
  }
}

const bounces = new AlignedPool(BOUNCE_BYTES, BOUNCES_MAX);

/**
 * Opens a file for `readUnbuffered`.
 * @throws {Problem} unbuffered-read-refused {path} where the file system does not offer it
 */
export async function openUnbuffered(path: string): Promise<FileHandle> {
  const direct = process.platform === 'win32' ? WINDOWS_O_DIRECT : constants.O_DIRECT;
  if (direct === undefined) throw new Problem('unbuffered-read-refused', { path });
  try {
    return await open(path, constants.O_RDONLY | direct);
  } catch (cause) {
    if (!isInvalid(cause)) throw cause;
    throw new Problem('unbuffered-read-refused', { path }, { cause });
  }
}

/** Fills as much of `into` as the file has from `position` on, and returns how much that is. */
export async function readUnbuffered(
  handle: FileHandle,
  into: Uint8Array,
  position: number,
): Promise<number> {
  const aligned = [into.byteOffset, into.length, position].every((n) => n % ALIGNMENT_BYTES === 0);
  if (aligned && alignedMemories.has(into.buffer)) {
    return (await handle.read(into, 0, into.length, position)).bytesRead;
  }
  const bounce = await bounces.take();
  try {
    const ahead = position % ALIGNMENT_BYTES;
    const needed = Math.min(ahead + into.length, bounce.bytes.length);
    const length = Math.ceil(needed / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const { bytesRead } = await handle.read(bounce.bytes, 0, length, position - ahead);
    const useful = Math.max(0, Math.min(bytesRead, needed) - ahead);
    into.set(bounce.bytes.subarray(ahead, ahead + useful));
    return useful;
  } finally {
    bounce.release();
  }
}

/** By shape: errors of Node's own modules may be of another realm than ours. */
function isInvalid(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EINVAL';
}
