/** The memory in which frames are made and received: one budget for all streams of this process. */

import { alignedMemory } from '../disks/unbuffered.ts';
import { FRAME_AT, FRAME_HEADER_BYTES, FRAME_SLOT_BYTES } from './frames.ts';

/** Buffers of 1.25 MiB, beyond those that each stream has for itself. */
const SHARED_MAX = 24;

/** As many of those that a broken stream gave back late are kept. */
const FREE_ABANDONED_MAX = 8;

/** Room for one frame. Its payload lies so that it can be written past the page cache. */
export class FrameBuffer {
  /** With room for the header in front. */
  readonly whole: Buffer;
  readonly payload: Buffer;
  readonly #release: () => void;

  constructor(memory: Buffer, release: () => void) {
    this.whole = memory.subarray(FRAME_AT);
    this.payload = this.whole.subarray(FRAME_HEADER_BYTES);
    this.#release = release;
  }

  release(): void {
    this.#release();
  }
}

/** What streams share. */
export interface FrameMemory {
  /** So many may still be borrowed. */
  left: number;
  /** Made for somebody before, and not in use. */
  readonly free: Buffer[];
  readonly waiting: { from: FrameBuffers; promise: PromiseWithResolvers<FrameBuffer> }[];
}

export const frameMemory = (sharedMax: number): FrameMemory => ({
  left: sharedMax,
  free: [],
  waiting: [],
});

const MEMORY = frameMemory(SHARED_MAX);

export interface Part {
  /** Always there: whoever holds fewer never waits for another stream. */
  readonly min: number;
  /** With those that it borrows. */
  readonly max: number;
}

/** The buffers of one stream. */
export class FrameBuffers {
  readonly #memory: FrameMemory;
  readonly #part: Part;
  #held = 0;
  #isAbandoned = false;

  constructor(part: Part, memory = MEMORY) {
    this.#part = part;
    this.#memory = memory;
  }

  /** Undefined where it has to wait. */
  now(): FrameBuffer | undefined {
    if (!this.#mayHaveOne) return undefined;
    const memory = this.#memory.free.pop() ?? alignedMemory(FRAME_SLOT_BYTES);
    this.#count(1);
    return new FrameBuffer(memory, () => {
      const { free } = this.#memory;
      // Others have had their part of the budget meanwhile: it is used again, but not hoarded.
      if (this.#isAbandoned && free.length >= FREE_ABANDONED_MAX) return;
      free.push(memory);
      if (!this.#isAbandoned) this.#count(-1);
    });
  }

  /** Waits for its turn. Rejects once all were abandoned. */
  async take(): Promise<FrameBuffer> {
    const buffer = this.now();
    if (buffer !== undefined) return buffer;
    if (this.#isAbandoned) throw new Error('This stream has ended');
    const promise = Promise.withResolvers<FrameBuffer>();
    this.#memory.waiting.push({ from: this, promise });
    return await promise.promise;
  }

  /** The stream failed: what it holds may never be released, and nobody shall wait for that. */
  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    const { waiting } = this.#memory;
    const mine = waiting.filter(({ from }) => from === this);
    for (const one of mine) {
      waiting.splice(waiting.indexOf(one), 1);
      one.promise.reject(new Error('This stream has ended'));
    }
    this.#count(-this.#held);
  }

  get #mayHaveOne(): boolean {
    const { min, max } = this.#part;
    if (this.#isAbandoned || this.#held >= max) return false;
    return this.#held < min || this.#memory.left > 0;
  }

  #count(more: number): void {
    const borrowed = Math.max(0, this.#held - this.#part.min);
    this.#held += more;
    this.#memory.left += borrowed - Math.max(0, this.#held - this.#part.min);
    if (more < 0) this.#serve();
  }

  /** Whoever holds the fewest is first. */
  #serve(): void {
    const { waiting } = this.#memory;
    for (;;) {
      const able = waiting.filter(({ from }) => from.#mayHaveOne);
      const [first] = able.toSorted((a, b) => a.from.#held - b.from.#held);
      const buffer = first?.from.now();
      if (!first || !buffer) return;
      waiting.splice(waiting.indexOf(first), 1);
      first.promise.resolve(buffer);
    }
  }
}
