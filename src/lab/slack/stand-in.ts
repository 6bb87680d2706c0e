/** The Slack stand-in: one app's Slack on 127.0.0.1, for the lab and for tests. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import {
  type ApiParts,
  type Exchange,
  sendJson,
  serveMethod,
  serveResponseUrl,
} from './api-server.ts';
import { CallLog } from './call-log.ts';
import { Channel } from './channel.ts';
import { type ControlCore, controlOf, type SlackControl } from './control.ts';
import { serveControl } from './control-server.ts';
import { type Identity, keepIdentity, readIdentity } from './identity.ts';
import { click, type Room, say } from './people.ts';
import { ShortLived } from './short-lived.ts';
import { SocketMode } from './socket-mode.ts';
import { APP } from './workspace.ts';

const ADDRESS = '127.0.0.1';
const ACK_WITHIN_MS = 3_000;

export interface StandInOptions {
  /** Where messages, port and tokens are kept; without it they end with the process. */
  readonly directory?: string;
  /** Without it: the port of the last start in this directory, or any free one. */
  readonly port?: number;
  /** For tests that wait for a missing ack. */
  readonly ackWithinMs?: number;
}

export interface StandInAddresses {
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  readonly controlUrl: string;
  readonly controlToken: string;
  readonly botToken: string;
  readonly appToken: string;
}

export interface SlackStandIn extends SlackControl {
  readonly addresses: StandInAddresses;
  /** Cuts every Socket Mode connection without a disconnect frame. */
  cutConnections(): void;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * @throws Problem `slack-port-taken`, `slack-identity-damaged`, `slack-messages-damaged`
 */
export async function startSlackStandIn(options: StandInOptions = {}): Promise<SlackStandIn> {
  const { directory, ackWithinMs = ACK_WITHIN_MS } = options;
  const kept = readIdentity(directory);
  const server = createServer();
  const port = await listen(server, options.port ?? kept.port);
  const identity = { ...kept, port };
  try {
    // Only now: the port tells two starts in one directory apart, and the second must not write.
    if (directory !== undefined) keepIdentity(directory, identity);
    return assemble(server, { identity, directory, ackWithinMs });
  } catch (error) {
    server.close();
    throw error;
  }
}

interface Start {
  readonly identity: Identity;
  readonly directory: string | undefined;
  readonly ackWithinMs: number;
}

function assemble(server: Server, { identity, directory, ackWithinMs }: Start): SlackStandIn {
  const origin = `${ADDRESS}:${identity.port}`;
  const channel = new Channel(directory);
  const socket = new SocketMode({ ackWithinMs });
  const shortLived = new ShortLived();
  const log = new CallLog();
  const openConnection = () =>
    `ws://${origin}/link/?ticket=${socket.giveTicket()}&app_id=${APP.id}`;
  const room = { channel, socket, shortLived, responseUrl: `http://${origin}/response/` };
  const core = coreOf(room, log);
  const api = { identity, log, workspace: { channel, shortLived, openConnection } };
  serveRequests(server, { api, core });
  server.on('upgrade', (request, stream, head) => socket.upgrade(request, stream, head));
  const closed = once(server, 'close');
  const stop = async () => {
    channel.close();
    socket.close();
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const { botToken, appToken, controlToken } = identity;
  const urls = { apiUrl: `http://${origin}/api/`, controlUrl: `http://${origin}/lab/` };
  return {
    ...controlOf(core),
    addresses: { ...urls, controlToken, botToken, appToken },
    cutConnections: () => socket.cut(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function coreOf(room: Room, log: CallLog): ControlCore {
  return {
    say: (user, typed, { threadTs } = {}) => say(room, { user, typed, threadTs }),
    click: (user, messageTs, actionId) => click(room, { user, messageTs, actionId }),
    changes: (version, waitMs = 0, signal) => room.channel.nextChanges(version, waitMs, signal),
    calls: async () => log.calls(),
    fail: async (method, kind, { times = 1, retryAfterSeconds = 1 } = {}) =>
      log.addFault({ method, kind, retryAfterSeconds }, times),
    disconnect: async (reason) => room.socket.disconnect(reason),
    connections: async () => room.socket.connections,
  };
}

interface Served {
  readonly api: ApiParts;
  readonly core: ControlCore;
}

function serveRequests(server: Server, served: Served): void {
  server.on('request', (request, response) => {
    const exchange = { request, response };
    route(served, exchange).catch((error: unknown) => {
      // A client that was killed gets no answer; anything else is a bug, and says so there.
      if (!response.headersSent) sendJson(response, 500, { ok: false, error: String(error) });
    });
  });
}

async function route({ api, core }: Served, exchange: Exchange): Promise<void> {
  const { pathname } = new URL(exchange.request.url ?? '/', `http://${ADDRESS}`);
  const [, area, name = '', ...rest] = pathname.split('/');
  const { controlToken } = api.identity;
  if (rest.length > 0) return sendJson(exchange.response, 404, {});
  if (area === 'api') return serveMethod(api, name, exchange);
  if (area === 'response') return serveResponseUrl(api, name, exchange);
  if (area === 'lab') return serveControl({ core, controlToken }, name, exchange);
  sendJson(exchange.response, 404, {});
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, ADDRESS);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Problem('slack-port-taken', { address: ADDRESS, port }, { cause });
  }
  const address = server.address() as AddressInfo;
  return address.port;
}
