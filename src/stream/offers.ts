/**
 * What the source offers, and to whom: a target is let in that shows the ticket of an operation,
 * and from then on only with the same key.
 */

import type { Socket } from 'node:net';
import { Problem, Verdict } from '../domain/problem.ts';
import { Connection, type Patience } from './connection.ts';
import { CONNECTIONS_MAX, type ControlOf, PROTOCOL_VERSION } from './frames.ts';
import { ticketMatches } from './ticket.ts';

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
  /** Told of that first one, before it is let in. */
  readonly onBound?: (publicKey: string) => Promise<void>;
}

interface Offered extends Offer {
  boundTo: string | undefined;
  connection: Connection | undefined;
  /** A connection came or went. */
  changed: PromiseWithResolvers<void>;
}

export interface Waiting {
  readonly signal: AbortSignal;
  readonly patienceSeconds: number;
  /** Of `performance.now()`. */
  readonly untilMs: number;
}

export class Offers implements Disposable {
  readonly #offers = new Map<string, Offered>();
  /** So that their tickets are refused for good, and not until they are offered. */
  readonly #withdrawn = new Set<string>();
  readonly #greeting = new Set<Connection>();
  readonly #patience: Patience;

  constructor(patience: Patience) {
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

  /** The operation's connection, waited for as long as the patience lasts. */
  async connectionOf(operation: string, waiting: Waiting): Promise<Connection> {
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

  [Symbol.dispose](): void {
    for (const operation of [...this.#offers.keys()]) this.withdraw(operation);
    for (const connection of this.#greeting) connection[Symbol.dispose]();
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
    const isFirst = offered.boundTo === undefined;
    offered.boundTo = peerPublicKey;
    if (isFirst) await offered.onBound?.(peerPublicKey);
    if (hello.lane !== undefined) {
      await admitLane(offered.connection, connection);
      return;
    }
    // The target dials again only when its last connection is gone, whatever it looks like here.
    offered.connection?.[Symbol.dispose]();
    offered.connection = connection;
    await connection.send({ kind: 'welcome' });
    offered.changed.resolve();
    offered.changed = Promise.withResolvers();
  }

  #refusalOf(
    { version, operation, ticket }: ControlOf<'hello'>,
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

/** One more connection of the session that the first one began. */
async function admitLane(first: Connection | undefined, lane: Connection): Promise<void> {
  if (first === undefined || first.closed || first.lanes.length >= CONNECTIONS_MAX) {
    lane[Symbol.dispose]();
    return;
  }
  await lane.send({ kind: 'welcome' });
  first.join(lane);
}

export function unreachable(
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
