/**
 * Bytes from a socket in, whole and checked frames out. Frames lie in a fixed set of buffers: when
 * all are in use the socket is paused, so memory is bounded whatever the peer sends.
 */

import type { Socket } from 'node:net';
import { type FrameBuffer, FrameBuffers, type FrameMemory } from './frame-buffers.ts';
import {
  checkPayload,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  type FrameKind,
  readHeader,
  writeHeader,
} from './frames.ts';
import { unpack } from './packing.ts';

/** Frames received and not yet released; some are always there. */
const FRAMES_HELD_MAX = 8;
const FRAMES_HELD_MIN = 2;
const READ_BYTES = 1_048_576;
/** What TLS may still deliver after the pause. */
const BACKLOG_BYTES_MAX = 8 * READ_BYTES;

export interface Frame {
  /** What came packed is data. */
  readonly kind: Exclude<FrameKind, 'packed'>;
  readonly payload: Buffer;
  /** Header and payload, as they came or were before they were packed. */
  readonly whole: Buffer;
  /** As it came. */
  readonly wireBytes: number;
  /** Its bytes may be overwritten from now on. */
  release(): void;
}

export class Inbox {
  /** For a dialling socket: it then reads into one buffer instead of making one for each read. */
  readonly onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (count: number): boolean => this.take(this.onread.buffer, count),
  };
  readonly #buffers: FrameBuffers;
  #waitsForBuffer = false;
  /** In the order in which they came; packed ones may still be being unpacked. */
  readonly #frames: (Frame | Promise<Frame>)[] = [];
  readonly #backlog: Buffer[] = [];
  #backlogBytes = 0;
  #socket: Socket | undefined;
  #failure: Error | undefined;
  #paused = false;
  #heardAt = performance.now();
  #waiter: PromiseWithResolvers<Frame> | undefined;
  /** The frame that is being filled; it has a buffer of its own from its first byte on. */
  #filling: FrameBuffer | undefined;
  #filled = 0;
  #header: FrameHeader | undefined;

  constructor(framesHeldMax = FRAMES_HELD_MAX, memory?: FrameMemory) {
    this.#buffers = new FrameBuffers({ min: FRAMES_HELD_MIN, max: framesHeldMax }, memory);
  }

  /** Goes on with a connected socket: `reads` when it was not made with `onread`. */
  attach(socket: Socket, how: 'reads' | 'onread'): void {
    this.#socket = socket;
    if (how === 'reads') socket.on('data', (bytes: Buffer) => this.take(bytes));
    socket.on('error', (error) => this.fail(error));
    socket.on('end', () => this.fail(new Error('The peer ended the connection')));
    socket.on('close', () => this.fail(new Error('The connection was closed')));
    if (this.#paused) socket.pause();
  }

  /** The next frame. Rejects once the socket has ended, or has sent what is no frame of ours. */
  next(): Promise<Frame> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#waiter = Promise.withResolvers();
    return this.#waiter.promise;
  }

  /** Waiting and later readers are rejected with this, once they have read what came before. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#waiter?.reject(this.#failure);
    this.#waiter = undefined;
    this.#buffers.abandon();
  }

  /** When bytes last came, in milliseconds of `performance.now()`; now, while we do not read. */
  get heardAt(): number {
    return this.#paused ? performance.now() : this.#heardAt;
  }

  /**
   * Takes the first `count` bytes as they come, in any cut. False: send no more until the socket is
   * resumed.
   */
  take(bytes: Buffer, count = bytes.length): boolean {
    this.#heardAt = performance.now();
    // What comes after a failure is dropped: the socket is about to close.
    if (this.#failure !== undefined) return true;
    try {
      const taken = this.#backlog.length > 0 ? 0 : this.#push(bytes, count);
      if (taken === count) return true;
      // The caller's buffer is overwritten by its next read, and TLS delivers after a pause too.
      this.#backlog.push(Buffer.from(bytes.subarray(taken, count)));
      this.#backlogBytes += count - taken;
      if (this.#backlogBytes > BACKLOG_BYTES_MAX) throw new Error('The socket ignores its pause');
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#paused = true;
    this.#socket?.pause();
    return false;
  }

  /** Returns how many bytes were taken: fewer than given when no buffer is free. */
  #push(bytes: Buffer, count: number): number {
    let taken = 0;
    while (taken < count) {
      this.#filling ??= this.#takeBuffer();
      if (this.#filling === undefined) return taken;
      const end = FRAME_HEADER_BYTES + (this.#header?.length ?? 0);
      const length = Math.min(count - taken, end - this.#filled);
      // TLS brings 16 KiB at a time: no view of them is made for each.
      bytes.copy(this.#filling.whole, this.#filled, taken, taken + length);
      this.#filled += length;
      taken += length;
      if (this.#filled < end) continue;
      this.#header ??= readHeader(this.#filling.whole);
      if (this.#filled === FRAME_HEADER_BYTES + this.#header.length) this.#finish(this.#header);
    }
    return taken;
  }

  /** Where there is none, it goes on once there is one. */
  #takeBuffer(): FrameBuffer | undefined {
    const buffer = this.#buffers.now();
    if (buffer !== undefined || this.#waitsForBuffer) return buffer;
    this.#waitsForBuffer = true;
    const goOn = (late: FrameBuffer): void => {
      this.#waitsForBuffer = false;
      if (this.#filling) late.release();
      else this.#filling = late;
      this.#drain();
    };
    // It never comes to a connection that has ended.
    this.#buffers.take().then(goOn, () => undefined);
    return undefined;
  }

  #finish(header: FrameHeader): void {
    const buffer = this.#filling;
    if (buffer === undefined) throw new Error('A frame is finished that was not begun');
    const whole = buffer.whole.subarray(0, this.#filled);
    const payload = whole.subarray(FRAME_HEADER_BYTES);
    this.#filling = undefined;
    this.#header = undefined;
    this.#filled = 0;
    checkPayload(header, payload);
    const release = (): void => {
      buffer.release();
      this.#drain();
    };
    const { kind } = header;
    const wireBytes = whole.length;
    if (kind === 'alive') buffer.release();
    else if (kind !== 'packed') this.deliver({ kind, payload, whole, wireBytes, release });
    else {
      const frame = unpacked(buffer.whole, { payload, wireBytes, release });
      // Its failure is heard by whoever takes it; until then it must not count as unhandled.
      frame.catch(() => undefined);
      this.deliver(frame);
    }
  }

  /** A frame that is next in turn, also one that came over another connection of the session. */
  deliver(frame: Frame | Promise<Frame>): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter === undefined) this.#frames.push(frame);
    else waiter.resolve(frame);
  }

  #drain(): void {
    if (!this.#paused || this.#failure !== undefined) return;
    try {
      for (let first = this.#backlog[0]; first !== undefined; first = this.#backlog[0]) {
        const taken = this.#push(first, first.length);
        this.#backlogBytes -= taken;
        if (taken < first.length) {
          this.#backlog[0] = first.subarray(taken);
          return;
        }
        this.#backlog.shift();
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#paused = false;
    this.#heardAt = performance.now();
    this.#socket?.resume();
  }
}

/** The data frame that was packed, in the same memory. */
async function unpacked(
  buffer: Buffer,
  packed: Pick<Frame, 'payload' | 'wireBytes' | 'release'>,
): Promise<Frame> {
  const { wireBytes, release } = packed;
  const length = await unpack(packed.payload, buffer.subarray(FRAME_HEADER_BYTES));
  const whole = buffer.subarray(0, FRAME_HEADER_BYTES + length);
  const payload = whole.subarray(FRAME_HEADER_BYTES);
  writeHeader(whole, 'data', payload);
  return { kind: 'data', payload, whole, wireBytes, release };
}
