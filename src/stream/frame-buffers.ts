/** The buffers in which data frames are made: a few, used again and again. */

import { FRAME_HEADER_BYTES, PAYLOAD_BYTES_MAX } from './frames.ts';

/** A buffer for one data frame, with room for its header in front. */
export class FrameBuffer {
  readonly whole: Buffer;
  readonly payload: Buffer;
  readonly #release: (buffer: FrameBuffer) => void;

  constructor(release: (buffer: FrameBuffer) => void) {
    this.whole = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + PAYLOAD_BYTES_MAX);
    this.payload = this.whole.subarray(FRAME_HEADER_BYTES);
    this.#release = release;
  }

  release(): void {
    this.#release(this);
  }
}

/** A fixed number of buffers, made when they are first needed. */
export class FrameBuffers {
  readonly #free: FrameBuffer[] = [];
  readonly #waiting: ((buffer: FrameBuffer) => void)[] = [];
  #left: number;

  constructor(countMax: number) {
    this.#left = countMax;
  }

  async take(): Promise<FrameBuffer> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#left === 0) return await new Promise((resolve) => this.#waiting.push(resolve));
    this.#left -= 1;
    return new FrameBuffer((buffer) => this.#release(buffer));
  }

  #release(buffer: FrameBuffer): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#free.push(buffer);
    else waiting(buffer);
  }
}
