/**
 * The source's end of streams: lets in targets that show the ticket of an operation, and sends them
 * the rounds of its disks. Its mirror is `receiver.ts`.
 */

import type { Socket } from 'node:net';
import { Problem } from '../domain/problem.ts';
import type { RoundSent } from '../domain/round.ts';
import { Compression, type CompressMode } from './compression.ts';
import { type Connection, ConnectionBroken, PATIENCE, type Patience } from './connection.ts';
import { type Offer, Offers, unreachable } from './offers.ts';
import {
  type OutgoingRound,
  type SendProgress,
  sendRoundOver,
  WINDOW,
  type Window,
} from './send-round.ts';
import { retried } from './wrappers/retried.ts';
import { createRateLimit, type RateLimit } from './wrappers/throttled.ts';

/** Breaks in a row between which nothing moved forward. */
const BREAKS_MAX = 20;
/** The longest that a timer can take: more than three weeks. */
const WAIT_MS_MAX = 2 ** 31 - 1;
/** Frames of a round that did not arrive as they were sent. */
const CHECKSUM_FAILURES_MAX = 5;

export interface SendOptions {
  readonly signal: AbortSignal;
  /** How long nothing may move forward while there is no connection. */
  readonly patienceSeconds: number;
  readonly onProgress?: (progress: SendProgress) => void;
  readonly limit?: RateLimit;
  /** `auto`, the default: where it is a gain on this link. */
  readonly compress?: CompressMode;
}

export interface SentRound extends RoundSent {
  readonly bytesCarried: number;
  /** SHA-256 over the block digests: of the frozen disk here, and of what the target read back. */
  readonly digests: readonly { disk: string; source: string; target: string }[];
}

export class Sender implements Disposable {
  readonly #offers: Offers;
  readonly #window: Window;
  /** What was learned in one round holds for the next. */
  readonly #compressions = new WeakMap<Connection, Compression>();

  constructor({
    window = WINDOW,
    patience = PATIENCE,
  }: { window?: Window; patience?: Patience } = {}) {
    this.#window = window;
    this.#offers = new Offers(patience);
  }

  /** Lets the operation's target in. The same offer again changes nothing. */
  offer(offer: Offer): void {
    this.#offers.offer(offer);
  }

  /** The ticket is void from now on, and its connection ends. */
  withdraw(operation: string): void {
    this.#offers.withdraw(operation);
  }

  /** The connection of the operation's target, however long it takes to come. */
  async connected(operation: string, signal: AbortSignal): Promise<Connection> {
    const untilMs = performance.now() + WAIT_MS_MAX;
    const patienceSeconds = WAIT_MS_MAX / 1000;
    return await this.#offers.connectionOf(operation, { signal, patienceSeconds, untilMs });
  }

  /** Takes over a socket whose peer holds this key. */
  accept(socket: Socket, peerPublicKey: string): void {
    this.#offers.accept(socket, peerPublicKey);
  }

  /**
   * Sends a round, over as many connections as it takes, until the target has committed it.
   * @throws {Problem} stream-unreachable {operation, waitSeconds} | stream-resync-needed | what the
   * target said: stream-epoch-behind, stream-read-back-differs, unbuffered-read-refused, …
   */
  async sendRound(round: OutgoingRound, options: SendOptions): Promise<SentRound> {
    const disks = round.disks.map(({ disk, reader }) => ({ disk, reader: retried(disk, reader) }));
    const startedAt = performance.now();
    const counts = { bytesRead: 0, bytesCarried: 0, bytesSent: 0 };
    const sending = { ...round, disks };
    const targets = await this.#sendPersistently(sending, { ...options, counts });
    await round.digests.fold({ round: round.number, frozen: round.frozen });
    const sources = await round.digests.roots();
    const digests = disks.map(({ disk }, index) => {
      const source = sources.find((root) => root.disk === disk)?.digest ?? '';
      return { disk, source, target: targets[index] ?? '' };
    });
    const seconds = (performance.now() - startedAt) / 1000;
    return { number: round.number, ...counts, seconds, digests };
  }

  [Symbol.dispose](): void {
    this.#offers[Symbol.dispose]();
  }

  #compressionOf(connection: Connection): Compression {
    const known = this.#compressions.get(connection) ?? new Compression();
    this.#compressions.set(connection, known);
    return known;
  }

  async #sendPersistently(round: OutgoingRound, options: Sending): Promise<readonly string[]> {
    let advancedAt = performance.now();
    let breaks = 0;
    let checksumFailures = 0;
    const onAdvance = (): void => {
      advancedAt = performance.now();
      breaks = 0;
    };
    for (;;) {
      const untilMs = advancedAt + options.patienceSeconds * 1000;
      const connection = await this.#offers.connectionOf(round.operation, { ...options, untilMs });
      try {
        return await this.#sendOnce(round, { ...options, connection, onAdvance });
      } catch (error) {
        connection[Symbol.dispose]();
        options.signal.throwIfAborted();
        if (!(error instanceof ConnectionBroken)) throw error;
        breaks += 1;
        const problem = error.cause instanceof Problem ? error.cause : undefined;
        if (problem !== undefined) checksumFailures += 1;
        if (problem !== undefined && checksumFailures > CHECKSUM_FAILURES_MAX) throw problem;
        if (breaks > BREAKS_MAX) throw unreachable(round.operation, options, error);
      }
    }
  }

  async #sendOnce(round: OutgoingRound, options: SendingOnce): Promise<readonly string[]> {
    const { connection, signal, onAdvance, counts } = options;
    const before = { ...counts };
    const onAbort = (): void => connection[Symbol.dispose]();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await sendRoundOver({
        connection,
        round,
        signal,
        window: this.#window,
        limit: options.limit ?? createRateLimit(),
        compress: options.compress ?? 'auto',
        compression: this.#compressionOf(connection),
        onAdvance,
        onProgress: (progress) => {
          counts.bytesRead = before.bytesRead + progress.bytesRead;
          counts.bytesCarried = before.bytesCarried + progress.bytesCarried;
          counts.bytesSent = before.bytesSent + progress.bytesSent;
          options.onProgress?.({ ...progress, ...counts });
        },
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

interface Sending extends SendOptions {
  readonly counts: { bytesRead: number; bytesCarried: number; bytesSent: number };
}

interface SendingOnce extends Sending {
  readonly connection: Connection;
  readonly onAdvance: () => void;
}

export const openSender = (options?: { window?: Window; patience?: Patience }): Sender =>
  new Sender(options);
