/**
 * One connection of a stream, the same on both sides: frames in and out, backpressure, and a peer
 * that says nothing for too long is taken for gone.
 */

import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../domain/problem.ts';
import { DIGEST_BYTES } from './blocks.ts';
import type { FrameBuffer } from './frame-buffers.ts';
import {
  type Control,
  type ControlKind,
  type ControlOf,
  DIGESTS_MAX,
  decodeControl,
  encodeControl,
  encodeFrame,
  FRAME_HEADER_BYTES,
  frameRefused,
  writeHeader,
} from './frames.ts';
import { type Frame, Inbox } from './inbox.ts';

export interface Patience {
  /** How often a side that has nothing to say shows that it is alive. */
  readonly aliveSeconds: number;
  /** A peer that is silent for longer is taken for gone. */
  readonly silenceSeconds: number;
}

export const PATIENCE: Patience = { aliveSeconds: 5, silenceSeconds: 30 };

/** How long a last message may take. */
const LINGER_MS = 1000;

const ALIVE = encodeFrame('alive', Buffer.alloc(0));

/** The connection broke, for whatever reason: dialling again and going on may mend it. */
export class ConnectionBroken extends Error {
  constructor(cause: unknown) {
    super(`The connection broke: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = 'ConnectionBroken';
  }
}

export class Connection implements Disposable {
  readonly #socket: Socket;
  readonly #inbox: Inbox;
  readonly #timer: NodeJS.Timeout;
  #bytesSent = 0;

  /** `inbox`: the one whose `onread` the socket was made with; a new one reads by itself. */
  constructor(socket: Socket, options: { inbox?: Inbox; patience?: Patience } = {}) {
    const { inbox, patience = PATIENCE } = options;
    this.#socket = socket;
    this.#inbox = inbox ?? new Inbox();
    this.#inbox.attach(socket, inbox === undefined ? 'reads' : 'onread');
    socket.setNoDelay(true);
    this.#timer = setInterval(() => this.#lookAfter(patience), patience.aliveSeconds * 1000);
    this.#timer.unref();
    socket.once('close', () => clearInterval(this.#timer));
  }

  get closed(): boolean {
    return this.#socket.destroyed;
  }

  /** Frames with their headers, as handed to the socket. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** When the peer was last heard, in milliseconds of `performance.now()`. */
  get heardAt(): number {
    return this.#inbox.heardAt;
  }

  onceClosed(listener: () => void): void {
    if (this.closed) listener();
    else this.#socket.once('close', listener);
  }

  /** Resolves when the socket has taken it. */
  async send(message: Control): Promise<void> {
    await this.#write(encodeControl(message));
  }

  /** Resolves when the system has taken it: then it arrives although the connection ends. */
  async sendOut(message: Control): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await this.#write(encodeControl(message), resolve);
    await promise;
  }

  /** Digests of `disk` from `block` on; zeros for all of them travel without bytes. */
  async sendDigests(disk: number, block: number, digests: Buffer): Promise<void> {
    const zero = digests.every((byte) => byte === 0);
    const payload = Buffer.alloc((zero ? 0 : digests.length) + 12);
    if (!zero) digests.copy(payload);
    payload.writeUInt32LE(disk, payload.length - 12);
    payload.writeUInt32LE(block, payload.length - 8);
    payload.writeUInt32LE(digests.length / DIGEST_BYTES, payload.length - 4);
    await this.#write(encodeFrame('digests', payload));
  }

  /** Sends the first bytes of the buffer and releases it once the socket has sent it on. */
  async sendData(buffer: FrameBuffer, payloadBytes: number): Promise<void> {
    const whole = buffer.whole.subarray(0, FRAME_HEADER_BYTES + payloadBytes);
    writeHeader(whole, 'data', buffer.payload.subarray(0, payloadBytes));
    await this.#write(whole, () => buffer.release());
  }

  /**
   * @throws {ConnectionBroken}
   * @throws {Problem} stream-checksum | stream-frame-refused: what came is not what was sent, or not ours
   */
  async next(): Promise<Frame> {
    try {
      return await this.#inbox.next();
    } catch (error) {
      throw error instanceof Problem ? error : new ConnectionBroken(error);
    }
  }

  /** Whoever waits for a frame, now or later, is rejected with this. */
  fail(error: unknown): void {
    this.#inbox.fail(error instanceof Error ? error : new Error(String(error)));
  }

  /** The next message, which must be of one of these kinds. */
  async expect<Kind extends ControlKind>(...kinds: readonly Kind[]): Promise<ControlOf<Kind>> {
    const message = controlOf(await this.next());
    if (isOneOf(message, kinds)) return message;
    throw frameRefused(`${message.kind} in place of ${kinds.join(' or ')}`);
  }

  /** Closes once what was sent before has gone out, or the peer does not read it in time. */
  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.onceClosed(() => resolve(undefined)));
    this.#socket.end();
    this.#socket.resume();
    await Promise.race([closed, sleep(LINGER_MS, undefined, { ref: false })]);
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#inbox.fail(new Error('We closed the connection'));
    this.#socket.destroy();
  }

  #write(bytes: Buffer, onSent?: () => void): Promise<void> {
    if (this.closed) {
      onSent?.();
      return Promise.reject(new ConnectionBroken('it is closed'));
    }
    this.#bytesSent += bytes.length;
    const accepted = this.#socket.write(bytes, () => onSent?.());
    return accepted ? Promise.resolve() : this.#drained();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.once('drain', done);
      this.#socket.once('close', done);
    });
  }

  #lookAfter({ silenceSeconds }: Patience): void {
    const silentSeconds = (performance.now() - this.#inbox.heardAt) / 1000;
    if (silentSeconds > silenceSeconds) {
      this.#inbox.fail(new Error(`The peer is silent for ${Math.round(silentSeconds)} s`));
      this.#socket.destroy();
    } else if (this.#socket.writableLength === 0) {
      this.#socket.write(ALIVE);
    }
  }
}

/** The message in a frame; the frame is released. */
export function controlOf(frame: Frame): Control {
  if (frame.kind !== 'control') throw frameRefused(`${frame.kind} in place of a message`);
  const message = decodeControl(frame.payload);
  frame.release();
  return message;
}

export interface DigestsFrame {
  readonly disk: number;
  readonly block: number;
  /** A copy; 16 bytes for each block. */
  readonly digests: Buffer;
}

/** The digests in a frame; the frame is released. */
export function digestsOf(frame: Frame): DigestsFrame {
  const { payload } = frame;
  if (frame.kind !== 'digests' || payload.length < 12) throw frameRefused('odd digests');
  const disk = payload.readUInt32LE(payload.length - 12);
  const block = payload.readUInt32LE(payload.length - 8);
  const count = payload.readUInt32LE(payload.length - 4);
  const bytes = payload.subarray(0, payload.length - 12);
  if (count > DIGESTS_MAX || (bytes.length !== 0 && bytes.length !== count * DIGEST_BYTES)) {
    throw frameRefused(`${bytes.length} bytes for ${count} digests`);
  }
  const digests = Buffer.alloc(count * DIGEST_BYTES);
  bytes.copy(digests);
  frame.release();
  return { disk, block, digests };
}

function isOneOf<Kind extends ControlKind>(
  message: Control,
  kinds: readonly Kind[],
): message is ControlOf<Kind> {
  return kinds.some((kind) => kind === message.kind);
}
