/** Socket Mode, Slack's side: hello, tickets, acks within 3 s, disconnects (facts/slack.md §2). */

import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { Envelopes, type EnvelopeType, EVENT_RETRIES_MS } from './envelopes.ts';
import type { Weather } from './weather.ts';
import { APP } from './workspace.ts';

const CONNECTIONS_MAX = 10;
const TICKETS_MAX = 1_000;
const FRAME_BYTES_MAX = 1_048_576;
const CONNECTION_SECONDS = 3_600;
/** Between the warning and the end of a connection that did not leave by itself. */
const LEAVE_WITHIN_MS = 10_000;

export type DisconnectReason =
  | 'warning'
  | 'refresh_requested'
  | 'link_disabled'
  | 'too_many_websockets';

/** What became of an envelope; the two errors are Slack's own words for them. */
export type Delivery =
  | { readonly outcome: 'acknowledged'; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly outcome: 'operation_timeout' | 'dispatch_failed' };

const ackSchema = z.object({
  envelope_id: z.string(),
  payload: z.record(z.string(), z.unknown()).optional(),
});

export interface SocketModeOptions {
  /** Milliseconds; Slack gives 3,000. */
  readonly ackWithinMs: number;
  readonly weather: () => Weather;
  /** Milliseconds before each retry of an event; Slack's own by default. */
  readonly eventRetriesMs?: readonly number[] | undefined;
}

/** Whoever opens it closes it: connections and pending acks would keep the process alive. */
export class SocketMode {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX });
  readonly #tickets = new Set<string>();
  readonly #pending = new Map<string, (delivery: Delivery) => void>();
  readonly #ackWithinMs: number;
  readonly #weather: () => Weather;
  readonly #envelopes: Envelopes;
  /** In the order of use: the first one takes the next envelope. Leaving ones are not in it. */
  #connections: WebSocket[] = [];

  constructor({ ackWithinMs, weather, eventRetriesMs = EVENT_RETRIES_MS }: SocketModeOptions) {
    this.#ackWithinMs = ackWithinMs;
    this.#weather = weather;
    this.#envelopes = new Envelopes({
      weather,
      eventRetriesMs,
      send: (frame) => this.#send(frame),
      onMissingAck: (id, tell) =>
        this.#expectAck(id, ({ outcome }) => {
          if (outcome !== 'acknowledged') tell();
        }),
    });
  }

  get connections(): number {
    return this.#connections.length;
  }

  /** A ticket opens one connection. */
  giveTicket(): string {
    const ticket = randomBytes(16).toString('hex');
    this.#tickets.add(ticket);
    for (const oldest of this.#tickets) {
      if (this.#tickets.size <= TICKETS_MAX) break;
      this.#tickets.delete(oldest);
    }
    return ticket;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = /[?&]ticket=(\w+)/.exec(request.url ?? '')?.[1];
    if (ticket === undefined || !this.#tickets.delete(ticket)) {
      // Who is refused may be gone already; an unheard error would end the process.
      socket.once('error', () => socket.destroy());
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (connection) => this.#welcome(connection));
  }

  /**
   * Sends to any one connection and waits for its ack; a late ack is ignored. What the weather does
   * on the way counts into the time for the ack. An event that fails comes again later.
   */
  async deliver(type: EnvelopeType, payload: unknown): Promise<Delivery> {
    const id = randomUUID();
    const isEvent = type === 'events_api';
    const envelope = { envelope_id: id, type, accepts_response_payload: !isEvent, payload };
    const delivery = await new Promise<Delivery>((resolve) => {
      if (this.connections === 0) return resolve({ outcome: 'dispatch_failed' });
      this.#expectAck(id, resolve);
      this.#envelopes.dispatch(envelope);
    });
    if (isEvent && delivery.outcome !== 'acknowledged') this.#envelopes.retryLater(envelope);
    return delivery;
  }

  /** Asks the connection that was used longest ago to leave; it gets no envelope any more. */
  disconnect(reason: DisconnectReason): void {
    const connection = this.#connections.shift();
    if (connection) this.#sendAway(connection, reason);
  }

  /** Cuts every connection without a word, as a lost network does. */
  cut(): void {
    this.#connections = [];
    for (const connection of this.#server.clients) connection.terminate();
  }

  close(): void {
    this.#envelopes.close();
    for (const settle of [...this.#pending.values()]) settle({ outcome: 'dispatch_failed' });
    this.cut();
    this.#server.close();
  }

  #expectAck(id: string, tell: (delivery: Delivery) => void): void {
    const settle = (delivery: Delivery) => {
      clearTimeout(timer);
      this.#pending.delete(id);
      tell(delivery);
    };
    const timer = setTimeout(() => settle({ outcome: 'operation_timeout' }), this.#ackWithinMs);
    this.#pending.set(id, settle);
  }

  #send(frame: object): void {
    const connection = this.#connections.shift();
    if (!connection) return;
    this.#connections.push(connection);
    connection.send(JSON.stringify(frame));
  }

  #welcome(connection: WebSocket): void {
    // A broken connection closes as well: the close is what counts.
    connection.on('error', () => connection.terminate());
    if (this.connections >= CONNECTIONS_MAX) {
      this.#sendAway(connection, 'too_many_websockets');
      return;
    }
    connection.on('message', (data, isBinary) => {
      if (!isBinary) this.#acknowledge(String(data));
    });
    connection.on('close', () => {
      this.#connections = this.#connections.filter((one) => one !== connection);
    });
    this.#connections.push(connection);
    connection.send(JSON.stringify(hello(this.connections)));
  }

  #sendAway(connection: WebSocket, reason: DisconnectReason): void {
    connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: DEBUG_INFO }));
    const timer = setTimeout(() => connection.close(), LEAVE_WITHIN_MS);
    timer.unref();
    connection.once('close', () => clearTimeout(timer));
  }

  #acknowledge(frame: string): void {
    const ack = ackSchema.safeParse(jsonOf(frame));
    if (!ack.success || this.#weather().acksLost) return;
    const { envelope_id, payload = {} } = ack.data;
    this.#pending.get(envelope_id)?.({ outcome: 'acknowledged', payload });
  }
}

const DEBUG_INFO = { host: 'lab-slack' } as const;

const hello = (connections: number) => ({
  type: 'hello',
  num_connections: connections,
  connection_info: { app_id: APP.id },
  debug_info: {
    ...DEBUG_INFO,
    started: new Date().toISOString(),
    build_number: 1,
    approximate_connection_time: CONNECTION_SECONDS,
  },
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Slack ignores frames that are no JSON; so does the caller.
    return undefined;
  }
}
