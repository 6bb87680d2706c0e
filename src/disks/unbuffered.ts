/**
 * Reads and writes that go past the page cache: to see what the storage holds and not what was handed
 * to it, and to write much without a copy of it that nobody reads.
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

/** Zeroed memory that begins aligned. Each reserves gigabytes of addresses, whatever its size. */
export function alignedMemory(bytes: number): Buffer {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / WASM_PAGE_BYTES) });
  alignedMemories.add(memory.buffer);
  return Buffer.from(memory.buffer, 0, bytes);
}

/** Whether the operating system takes these bytes for this position of a file as they are. */
export function isAligned(bytes: Uint8Array, position: number): boolean {
  const numbers = [bytes.byteOffset, bytes.length, position];
  return numbers.every((n) => n % ALIGNMENT_BYTES === 0) && alignedMemories.has(bytes.buffer);
}

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

  #make(): Buffer[] {
    const memory = alignedMemory(this.#pieceBytes * this.#countMax);
    return Array.from({ length: this.#countMax }, (_, index) =>
      memory.subarray(index * this.#pieceBytes, (index + 1) * this.#pieceBytes),
    );
  }
}

const bounces = new AlignedPool(BOUNCE_BYTES, BOUNCES_MAX);

/**
 * Opens a file for `readUnbuffered`.
 * @throws {Problem} unbuffered-read-refused {path} where the file system does not offer it
 */
export async function openUnbuffered(path: string): Promise<FileHandle> {
  const direct = directFlag();
  if (direct === undefined) throw new Problem('unbuffered-read-refused', { path });
  try {
    return await open(path, constants.O_RDONLY | direct);
  } catch (cause) {
    if (!isInvalid(cause)) throw cause;
    throw new Problem('unbuffered-read-refused', { path }, { cause });
  }
}

/** For bytes that are `isAligned`, of a file that is there; undefined where it is not offered. */
export async function openUnbufferedWrites(path: string): Promise<FileHandle | undefined> {
  const direct = directFlag();
  if (direct === undefined) return undefined;
  try {
    return await open(path, constants.O_RDWR | direct);
  } catch (error) {
    if (isInvalid(error)) return undefined;
    throw error;
  }
}

const directFlag = (): number | undefined =>
  process.platform === 'win32' ? WINDOWS_O_DIRECT : constants.O_DIRECT;

/** Fills as much of `into` as the file has from `position` on, and returns how much that is. */
export async function readUnbuffered(
  handle: FileHandle,
  into: Uint8Array,
  position: number,
): Promise<number> {
  if (isAligned(into, position)) {
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
