/** What goes back and forth while a round is sent: frames, checkpoints, digests and answers. */

import { Problem, Verdict } from '../domain/problem.ts';
import type { Batch } from './batch.ts';
import { blockCount, DIGEST_BYTES } from './blocks.ts';
import { ConnectionBroken, controlOf } from './connection.ts';
import { DataOut } from './data-out.ts';
import { digestsOf } from './digests-frame.ts';
import { type ControlOf, DIGESTS_MAX, FRAME_HEADER_BYTES, frameRefused } from './frames.ts';
import type { RoundOut, SendProgress } from './send-round.ts';

/** Digests of the target that are here or asked for: the window in use and the next. */
const DIGEST_WINDOWS_MAX = 2;

interface Checkpoint {
  readonly disk: number;
  readonly offset: number;
  /** On their way when it was set. */
  readonly bytes: number;
}

export class Traffic {
  readonly #out: RoundOut;
  /** Set, and not yet recorded by the target; oldest first. */
  readonly #checkpoints: Checkpoint[] = [];
  readonly #digestWindows = new Map<string, PromiseWithResolvers<Buffer>>();
  #wake = Promise.withResolvers<void>();
  readonly #data: DataOut;
  /** Of data frames on their way or gone, before they are compressed. */
  #bytesOut = 0;
  /** Of them, those before the last checkpoint and the last that was recorded. */
  #checkpointBytes = 0;
  #recordedBytes = 0;
  #bytesSent = 0;
  #bytesCarried = 0;
  bytesRead = 0;
  /** Why nothing more will come from the target. */
  failure: unknown;

  constructor(out: RoundOut) {
    this.#out = out;
    this.#data = new DataOut(out, ({ dataBytes, wireBytes }) => {
      this.#bytesSent += wireBytes;
      this.#bytesCarried += dataBytes;
      out.onProgress({ round: out.round.number, ...this.counts, phase: 'sending' });
    });
  }

  get counts(): Omit<SendProgress, 'round' | 'phase'> {
    const [bytesSent, bytesCarried] = [this.#bytesSent, this.#bytesCarried];
    return { bytesRead: this.bytesRead, bytesCarried, bytesSent };
  }

  /** Hears the target out until it has committed the round. */
  listen(): Promise<readonly string[]> {
    const answers = this.#listen();
    // Whoever sends hears of the failure at the next thing it does.
    answers.catch((error: unknown) => {
      this.failure = error;
      for (const window of this.#digestWindows.values()) window.reject(error);
      this.#wakeUp();
      this.#out.connection[Symbol.dispose]();
    });
    return answers;
  }

  get isCheckpointDue(): boolean {
    return this.#bytesOut - this.#checkpointBytes >= this.#out.window.checkpointBytes;
  }

  /** Sends what a batch holds, as fast as limit, window and socket allow. */
  async sendBatch(batch: Batch): Promise<void> {
    const finished = batch.finish();
    if (finished === undefined) return;
    const { window } = this.#out;
    const bytes = FRAME_HEADER_BYTES + finished.payloadBytes;
    while (this.#bytesOut + bytes - this.#recordedBytes > window.windowBytes) {
      if (this.#checkpoints.length === 0) throw new Error('The window is full without checkpoint');
      await this.#wakeOrFail();
    }
    this.#bytesOut += bytes;
    await this.#data.add(finished);
  }

  /** Tells that this was all of the round. */
  async end(): Promise<void> {
    await this.#data.end();
  }

  /** Asks the target to record everything up to here; what it has recorded is not sent again. */
  async checkpoint(disk: number, offset: number): Promise<void> {
    const { round } = this.#out;
    // The target must not remember what we might forget.
    await round.digests.sync();
    this.#checkpointBytes = this.#bytesOut;
    this.#checkpoints.push({ disk, offset, bytes: this.#bytesOut });
    await this.#data.checkpoint({ disk, offset });
  }

  /** The target's digests of these blocks of a disk, asked for ahead. */
  async theirs(disk: number, block: number, count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let at = block; at < block + count; ) {
      const first = at - (at % DIGESTS_MAX);
      const end = Math.min(block + count, first + DIGESTS_MAX);
      const window = await this.#digestWindow(disk, first);
      parts.push(window.subarray((at - first) * DIGEST_BYTES, (end - first) * DIGEST_BYTES));
      at = end;
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  async #digestWindow(disk: number, first: number): Promise<Buffer> {
    const wanted = await this.#askFor(disk, first);
    const next = await this.#askFor(disk, first + DIGESTS_MAX);
    for (const key of this.#digestWindows.keys()) {
      if (this.#digestWindows.size <= DIGEST_WINDOWS_MAX) break;
      this.#digestWindows.delete(key);
    }
    next?.promise.catch(() => undefined);
    if (wanted === undefined) throw new Error(`Block ${first} is behind the end of disk ${disk}`);
    return await wanted.promise;
  }

  async #askFor(disk: number, first: number): Promise<PromiseWithResolvers<Buffer> | undefined> {
    const reader = this.#out.round.disks[disk]?.reader;
    const count = Math.min(DIGESTS_MAX, blockCount(reader?.virtualBytes ?? 0) - first);
    if (count <= 0) return undefined;
    const key = `${disk} ${first}`;
    const known = this.#digestWindows.get(key);
    if (known !== undefined) return known;
    const asked = Promise.withResolvers<Buffer>();
    this.#digestWindows.set(key, asked);
    await this.#out.connection.send({ kind: 'digestsWanted', disk, block: first, count });
    return asked;
  }

  async #listen(): Promise<readonly string[]> {
    for (;;) {
      const frame = await this.#out.connection.next();
      this.#out.onAdvance();
      if (frame.kind === 'digests') {
        const { disk, block, digests } = digestsOf(frame);
        const asked = this.#digestWindows.get(`${disk} ${block}`);
        if (asked === undefined) throw frameRefused(`digests of block ${block} unasked`);
        asked.resolve(digests);
        continue;
      }
      const message = controlOf(frame);
      if (message.kind === 'committed') return message.digests;
      if (message.kind === 'failed') throw problemFrom(message);
      if (message.kind === 'recorded') this.#recorded(message);
      else if (message.kind !== 'progress') throw frameRefused(`${message.kind} within a round`);
    }
  }

  #recorded({ disk, offset }: ControlOf<'recorded'>): void {
    const checkpoint = this.#checkpoints.shift();
    if (checkpoint?.disk !== disk || checkpoint.offset !== offset) {
      throw frameRefused(`${offset} of disk ${disk} recorded out of turn`);
    }
    this.#recordedBytes = checkpoint.bytes;
    this.#wakeUp();
  }

  async #wakeOrFail(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await this.#wake.promise;
  }

  #wakeUp(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** What the target says as what we throw. */
export function problemFrom({ problem, again, verdict }: ControlOf<'failed'>): Error {
  const { code, facts } = problem;
  if (again) return new ConnectionBroken(new Problem(code, facts));
  return verdict ? new Verdict(code, facts) : new Problem(code, facts);
}
