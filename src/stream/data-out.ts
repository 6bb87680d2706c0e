/** Data frames on their way out: compressed where that is a gain, over whichever connection is free. */

import { type Compression, PACKED_AT_ONCE } from './compression.ts';
import type { Connection } from './connection.ts';
import type { FrameBuffer } from './frame-buffers.ts';
import { type ControlOf, FRAME_HEADER_BYTES } from './frames.ts';
import { pack } from './packing.ts';
import type { RoundOut } from './send-round.ts';
import { Turns } from './turns.ts';

/** A pause in which nothing had to travel says nothing of the link. */
const IDLE_SECONDS_MAX = 0.05;

/** What a batch has become. */
export interface Outgoing {
  readonly buffer: FrameBuffer;
  readonly dataBytes: number;
  readonly payloadBytes: number;
}

export interface Gone {
  readonly dataBytes: number;
  /** As they went over the wire. */
  readonly wireBytes: number;
}

/** How a frame goes: `packed` into so many bytes, or as it is. */
interface Going {
  readonly lane: Connection;
  readonly readyAt: number;
  readonly packed: number | undefined;
}

export class DataOut {
  readonly #out: RoundOut;
  readonly #onGone: (gone: Gone) => void;
  readonly #turns = new Turns();
  readonly #meter: Meter;
  #checkpoints = 0;

  constructor(out: RoundOut, onGone: (gone: Gone) => void) {
    this.#out = out;
    this.#onGone = onGone;
    this.#meter = new Meter(out.compression);
  }

  /** Resolves when the next one may come. */
  async add(outgoing: Outgoing): Promise<void> {
    const { compress, compression, connection } = this.#out;
    const readyAt = performance.now();
    const packs = compress === 'on' || (compress === 'auto' && compression.isOn);
    const packing = packs ? this.#pack(outgoing) : undefined;
    // Whoever waits for buffers meanwhile, hears of it by this.
    packing?.catch(() => connection[Symbol.dispose]());
    const { lanes } = connection;
    const lane = this.#turns.freest(lanes);
    const send = async (): Promise<void> =>
      this.#send(outgoing, { lane, readyAt, packed: await packing });
    await this.#turns.add(lane, send, lanes.length - 1 + (packs ? PACKED_AT_ONCE : 0));
  }

  /** Behind all that was added, over whichever connection it goes. */
  async checkpoint(at: Pick<ControlOf<'checkpoint'>, 'disk' | 'offset'>): Promise<void> {
    const { lanes } = this.#out.connection;
    this.#checkpoints += 1;
    const number = this.#checkpoints;
    const message = { kind: 'checkpoint', ...at, number, lanes: lanes.length } as const;
    for (const lane of lanes) {
      const send = (): Promise<void> => lane.send(message);
      await this.#turns.add(lane, send, lanes.length + PACKED_AT_ONCE);
    }
  }

  /** Tells that this was all of the round. */
  async end(): Promise<void> {
    await this.#turns.ended();
    const { connection, round } = this.#out;
    const checkpoints = this.#checkpoints;
    await connection.send({ kind: 'roundEnd', round: round.number, checkpoints });
  }

  async #pack({ buffer, payloadBytes }: Outgoing): Promise<number | undefined> {
    const startedAt = performance.now();
    const packed = await pack(buffer.payload, payloadBytes);
    const seconds = (performance.now() - startedAt) / 1000;
    const wireBytes = packed ?? payloadBytes;
    this.#out.compression.packed({ rawBytes: payloadBytes, wireBytes, seconds });
    return packed;
  }

  async #send(
    { buffer, dataBytes, payloadBytes }: Outgoing,
    { lane, readyAt, packed }: Going,
  ): Promise<void> {
    const { limit, signal } = this.#out;
    const length = packed ?? payloadBytes;
    const kind = packed === undefined ? 'data' : 'packed';
    const pace = (bytesMax: number) => limit.take(bytesMax, signal);
    const gone = this.#meter.start(payloadBytes, readyAt);
    await lane.sendData(buffer, { kind, payloadBytes: length }, pace);
    gone();
    this.#onGone({ dataBytes, wireBytes: FRAME_HEADER_BYTES + length });
  }
}

/** Measures how fast frames go, and how long the link keeps us waiting. */
class Meter {
  readonly #compression: Compression;
  /** When the last frame had gone, and how long this thread had been at work by then. */
  #goneAt = 0;
  #busyMs = 0;

  constructor(compression: Compression) {
    this.#compression = compression;
  }

  /** What it returns is called when the frame has gone. */
  start(rawBytes: number, readyAt: number): () => void {
    const startedAt = performance.now();
    const busyFrom = busyMs();
    return () => {
      const now = performance.now();
      const busy = busyMs();
      // Connections wait beside each other, and encrypting is no waiting.
      const wallMs = now - Math.max(startedAt, this.#goneAt);
      const waitingMs = wallMs - (busy - Math.max(busyFrom, this.#busyMs));
      const since = Math.max(this.#goneAt, readyAt - IDLE_SECONDS_MAX * 1000);
      this.#goneAt = now;
      this.#busyMs = busy;
      const waitingSeconds = Math.max(0, waitingMs) / 1000;
      this.#compression.sent({ rawBytes, seconds: (now - since) / 1000, waitingSeconds });
    };
  }
}

/** Milliseconds of CPU that this thread has used. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
