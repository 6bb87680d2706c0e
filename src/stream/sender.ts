/**
 * The source's end of streams: lets in targets that show the ticket of an operation, and sends them
 * the rounds of its disks. Its mirror is `receiver.ts`.
 */

import type { Socket } from 'node:net';
import { Problem, Verdict } from '../domain/problem.ts';
import type { RoundSent } from '../domain/round.ts';
import { Connection, ConnectionBroken, PATIENCE, type Patience } from './connection.ts';
import { PROTOCOL_VERSION } from './frames.ts';
import {
  type OutgoingRound,
  type SendProgress,
  sendRoundOver,
  WINDOW,
  type Window,
} from './send-round.ts';
import { ticketMatches } from './ticket.ts';
import { retried } from './wrappers/retried.ts';
import { createRateLimit, type RateLimit } from './wrappers/throttled.ts';

/** Breaks in a row between which nothing moved forward. */
const BREAKS_MAX = 20;
/** Frames of a round that did not arrive as they were sent. */
const CHECKSUM_FAILURES_MAX = 5;
/** Connections that have not shown a ticket yet. */
const GREETING_MAX = 64;
const GREETING_SECONDS_MAX = 10;
const WITHDRAWN_MAX = 1000;

export interface Offer {
  readonly operation: string;
  /** `ticketHash` of the operation's ticket. */
  readonly ticketHash: string;
  /** The only key that may show it; without, the first that shows it. */
  readonly publicKey?: string;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** How long nothing may move forward while there is no connection. */
  readonly patienceSeconds: number;
  readonly onProgress?: (progress: SendProgress) => void;
  readonly limit?: RateLimit;
}

export interface SentRound extends RoundSent {
  /** SHA-256 over the block digests: of the frozen disk here, and of what the target read back. */
  readonly digests: readonly { disk: string; source: string; target: string }[];
}

interface Offered extends Offer {
  boundTo: string | undefined;
  connection: Connection | undefined;
  /** A connection came or went. */
  changed: PromiseWithResolvers<void>;
}

export class Sender implements Disposable {
  readonly #offers = new Map<string, Offered>();
  /** So that their tickets are refused for good, and not until they are offered. */
  readonly #withdrawn = new Set<string>();
  readonly #greeting = new Set<Connection>();
  readonly #window: Window;
  readonly #patience: Patience;

  constructor({
    window = WINDOW,
    patience = PATIENCE,
  }: { window?: Window; patience?: Patience } = {}) {
    this.#window = window;
    this.#patience = patience;
  }

  /** Lets the operation's target in. The same offer again changes nothing. */
  offer(offer: Offer): void {
    if (this.#offers.get(offer.operation)?.ticketHash === offer.ticketHash) return;
    this.withdraw(offer.operation);
    this.#offers.set(offer.operation, {
      ...offer,
      boundTo: offer.publicKey,
      connection: undefined,
      changed: Promise.withResolvers(),
    });
  }

  /** The ticket is void from now on, and its connection ends. */
  withdraw(operation: string): void {
    const offered = this.#offers.get(operation);
    if (offered === undefined) return;
    this.#offers.delete(operation);
    this.#withdrawn.add(operation);
    for (const oldest of this.#withdrawn) {
      if (this.#withdrawn.size <= WITHDRAWN_MAX) break;
      this.#withdrawn.delete(oldest);
    }
    offered.connection?.[Symbol.dispose]();
    offered.changed.resolve();
  }

  /** Takes over a socket whose peer holds this key. */
  accept(socket: Socket, peerPublicKey: string): void {
    const connection = new Connection(socket, { patience: this.#patience });
    if (this.#greeting.size >= GREETING_MAX) {
      connection[Symbol.dispose]();
      return;
    }
    this.#greeting.add(connection);
    const timer = setTimeout(() => connection[Symbol.dispose](), GREETING_SECONDS_MAX * 1000);
    // Whatever it sent instead of a greeting, it is the dialler that hears and tells of it.
    this.#greet(connection, peerPublicKey)
      .catch(() => connection[Symbol.dispose]())
      .finally(() => {
        clearTimeout(timer);
        this.#greeting.delete(connection);
      });
  }

  /**
   * Sends a round, over as many connections as it takes, until the target has committed it.
   * @throws {Problem} stream-unreachable {operation, waitSeconds} | stream-resync-needed | what the
   * target said: stream-epoch-behind, stream-read-back-differs, unbuffered-read-refused, …
   */
  async sendRound(round: OutgoingRound, options: SendOptions): Promise<SentRound> {
    const disks = round.disks.map(({ disk, reader }) => ({ disk, reader: retried(disk, reader) }));
    const startedAt = performance.now();
    const counts = { bytesRead: 0, bytesSent: 0 };
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
    for (const operation of [...this.#offers.keys()]) this.withdraw(operation);
    for (const connection of this.#greeting) connection[Symbol.dispose]();
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
      const connection = await this.#connectionOf(round.operation, { ...options, untilMs });
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
        onAdvance,
        onProgress: (progress) => {
          counts.bytesRead = before.bytesRead + progress.bytesRead;
          counts.bytesSent = before.bytesSent + progress.bytesSent;
          options.onProgress?.({ ...progress, ...counts });
        },
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** The operation's connection, waited for as long as the patience lasts. */
  async #connectionOf(operation: string, waiting: Waiting): Promise<Connection> {
    for (;;) {
      waiting.signal.throwIfAborted();
      const offered = this.#offers.get(operation);
      if (offered === undefined) throw new Problem('stream-not-offered', { operation });
      if (offered.connection?.closed === false) return offered.connection;
      const leftMs = waiting.untilMs - performance.now();
      if (leftMs <= 0) throw unreachable(operation, waiting);
      await waitFor(offered.changed.promise, leftMs, waiting.signal);
    }
  }

  async #greet(connection: Connection, peerPublicKey: string): Promise<void> {
    const hello = await connection.expect('hello');
    const problem = this.#refusalOf(hello, peerPublicKey);
    if (problem !== undefined) {
      const { code, facts } = problem;
      const again = !(problem instanceof Verdict);
      await connection.send({ kind: 'refused', problem: { code, facts: { ...facts } }, again });
      await connection.end();
      return;
    }
    const offered = this.#offers.get(hello.operation);
    if (offered === undefined) throw new Error(`${hello.operation} is not offered`);
    offered.boundTo = peerPublicKey;
    // The target dials again only when its last connection is gone, whatever it looks like here.
    offered.connection?.[Symbol.dispose]();
    await connection.send({ kind: 'welcome' });
    offered.connection = connection;
    offered.changed.resolve();
    offered.changed = Promise.withResolvers();
  }

  #refusalOf(
    { version, operation, ticket }: { version: number; operation: string; ticket: string },
    peerPublicKey: string,
  ): Problem | undefined {
    if (version !== PROTOCOL_VERSION) {
      return new Verdict('stream-version', { version, expected: PROTOCOL_VERSION });
    }
    const offered = this.#offers.get(operation);
    // A worker that has just started listens before its step has offered what it is going to send.
    if (offered === undefined && !this.#withdrawn.has(operation)) {
      return new Problem('stream-not-offered', { operation });
    }
    const mayIn =
      offered !== undefined &&
      ticketMatches(ticket, offered.ticketHash) &&
      (offered.boundTo === undefined || offered.boundTo === peerPublicKey);
    return mayIn ? undefined : new Verdict('stream-ticket-refused', { operation });
  }
}

interface Sending extends SendOptions {
  readonly counts: { bytesRead: number; bytesSent: number };
}

interface SendingOnce extends Sending {
  readonly connection: Connection;
  readonly onAdvance: () => void;
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly patienceSeconds: number;
  readonly untilMs: number;
}

function unreachable(
  operation: string,
  { patienceSeconds }: { readonly patienceSeconds: number },
  cause?: unknown,
): Problem {
  return new Problem('stream-unreachable', { operation, waitSeconds: patienceSeconds }, { cause });
}

async function waitFor(event: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, ms);
  signal.addEventListener('abort', () => timer.resolve(), { once: true });
  await Promise.race([event, timer.promise]);
  clearTimeout(timeout);
}

export const openSender = (options?: { window?: Window; patience?: Patience }): Sender =>
  new Sender(options);
