/**
 * One connection of a stream, the same on both sides: frames in and out, backpressure, and a peer
 * that says nothing for too long is taken for gone.
 */

import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../domain/problem.ts';
import { encodeDigests } from './digests-frame.ts';
import type { FrameBuffer } from './frame-buffers.ts';
import {
  type Control,
  type ControlKind,
  type ControlOf,
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
  /** Until the frame is whole of which a part is sent. */
  #partly: PromiseWithResolvers<void> | undefined;

  readonly #joined: Connection[] = [];

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

  /** The connections of the session, this one first. */
  get lanes(): readonly Connection[] {
    return [this, ...this.#joined];
  }

  /** What comes over `lane` comes as if it came here. Once one of the two has ended, so does the other. */
  join(lane: Connection): void {
    if (this.#joined.push(lane) === 1 || this.closed) {
      this.onceClosed(() => {
        for (const one of this.#joined) one[Symbol.dispose]();
      });
    }
    this.#takeFrom(lane).catch((error: unknown) => {
      // Where the whole session ends, what was said here last is heard first.
      setTimeout(() => {
        this.fail(error);
        this[Symbol.dispose]();
      }, LINGER_MS).unref();
    });
  }

  onceClosed(listener: () => void): void {
    if (this.closed) listener();
    else this.#socket.once('close', listener);
  }

  /** Resolves when the socket has taken it. */
  async send(message: Control): Promise<void> {
    await this.#writeFrame(encodeControl(message));
  }

  /** Resolves when the system has taken it: then it arrives although the connection ends. */
  async sendOut(message: Control): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await this.#writeFrame(encodeControl(message), resolve);
    await promise;
  }

  /** Digests of `disk` from `block` on; zeros for all of them travel without bytes. */
  async sendDigests(disk: number, block: number, digests: Buffer): Promise<void> {
    await this.#writeFrame(encodeDigests({ disk, block, digests }));
  }

  /**
   * Sends the first bytes of the buffer and releases it once the socket has sent it on. `pace` says
   * how many of so many may go out next.
   */
  async sendData(
    buffer: FrameBuffer,
    { kind, payloadBytes }: { kind: 'data' | 'packed'; payloadBytes: number },
    pace: (bytesMax: number) => Promise<number>,
  ): Promise<void> {
    const whole = buffer.whole.subarray(0, FRAME_HEADER_BYTES + payloadBytes);
    writeHeader(whole, kind, buffer.payload.subarray(0, payloadBytes));
    let sent = 0;
    try {
      while (sent < whole.length) {
        const next = sent + (await pace(whole.length - sent));
        const isLast = next === whole.length;
        if (!isLast) this.#partly ??= Promise.withResolvers();
        await this.#write(whole.subarray(sent, next), isLast ? () => buffer.release() : undefined);
        sent = next;
      }
    } finally {
      // Nothing can follow on a part of a frame.
      if (this.#partly && sent < whole.length) this.#socket.destroy();
      this.#partly?.resolve();
      this.#partly = undefined;
    }
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

  async #writeFrame(bytes: Buffer, onSent?: () => void): Promise<void> {
    while (this.#partly) await this.#partly.promise;
    await this.#write(bytes, onSent);
  }

  async #takeFrom(lane: Connection): Promise<void> {
    for (;;) {
      this.#inbox.deliver(await lane.next());
    }
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
    } else if (this.#socket.writableLength === 0 && !this.#partly) {
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

function isOneOf<Kind extends ControlKind>(
  message: Control,
  kinds: readonly Kind[],
): message is ControlOf<Kind> {
  return kinds.some((kind) => kind === message.kind);
}
