/** The Slack stand-in: one app's Slack on 127.0.0.1, for the lab and for tests. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import { CallLog } from './call-log.ts';
import { Channel } from './channel.ts';
import { type ControlCore, controlOf, type SlackControl } from './control.ts';
import { choose, click, options } from './fields.ts';
import { Files } from './files.ts';
import { type Identity, keepIdentity, readIdentity } from './identity.ts';
import { dismiss, openHome, submit } from './modal.ts';
import { say } from './people.ts';
import { RateLimits } from './rate-limits.ts';
import type { Room } from './room.ts';
import { serveRequests } from './routes.ts';
import { ShortLived } from './short-lived.ts';
import { SocketMode } from './socket-mode.ts';
import type { OpenView } from './view.ts';
import { Views } from './views.ts';
import { FAIR } from './weather.ts';
import { SCOPES } from './web-api.ts';
import { APP, personOf } from './workspace.ts';

const ADDRESS = '127.0.0.1';
const ACK_WITHIN_MS = 3_000;

export interface StandInOptions {
  /** Where messages, files, port and tokens are kept; without it they end with the process. */
  readonly directory?: string;
  /** Without it: the port of the last start in this directory, or any free one. */
  readonly port?: number;
  /** For tests that wait for a missing ack. */
  readonly ackWithinMs?: number;
  /** For tests that wait for an event to come again. */
  readonly eventRetriesMs?: readonly number[];
  /** The bot scopes that the app was installed with; all by default. */
  readonly scopes?: readonly string[];
  /** The clock of trigger ids, response_urls and rate limits, in milliseconds. */
  readonly nowMs?: () => number;
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
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * @throws Problem `slack-port-taken`, `slack-identity-damaged`, `slack-messages-damaged`
 */
export async function startSlackStandIn(options: StandInOptions = {}): Promise<SlackStandIn> {
  const { directory } = options;
  const kept = readIdentity(directory);
  const server = createServer();
  const port = await listen(server, options.port ?? kept.port);
  const identity = { ...kept, port };
  try {
    // Only now: the port tells two starts in one directory apart, and the second must not write.
    if (directory !== undefined) keepIdentity(directory, identity);
    return assemble(server, identity, options);
  } catch (error) {
    server.close();
    throw error;
  }
}

function assemble(server: Server, identity: Identity, options: StandInOptions): SlackStandIn {
  const origin = `${ADDRESS}:${identity.port}`;
  const { directory, nowMs = Date.now } = options;
  const room = roomOf(`http://${origin}/response/`, options);
  const { channel, socket } = room;
  const log = new CallLog();
  const core = coreOf(room, log);
  const workspace = {
    room,
    identity,
    files: new Files({ directory, url: `http://${origin}/files/` }),
    rates: new RateLimits(nowMs),
    uploadUrl: `http://${origin}/upload/`,
    openConnection: () => `ws://${origin}/link/?ticket=${socket.giveTicket()}&app_id=${APP.id}`,
  };
  serveRequests(server, { api: { log, workspace }, core });
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
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function roomOf(responseUrl: string, options: StandInOptions): Room {
  const {
    directory,
    ackWithinMs = ACK_WITHIN_MS,
    scopes = SCOPES,
    nowMs,
    eventRetriesMs,
  } = options;
  let weather = FAIR;
  const channel = new Channel(directory);
  return {
    channel,
    socket: new SocketMode({ ackWithinMs, eventRetriesMs, weather: () => weather }),
    shortLived: new ShortLived(nowMs),
    views: new Views((userId) => channel.viewsChanged(userId)),
    picked: new Map(),
    offered: new Map(),
    weather: () => weather,
    changeWeather: (change) => {
      weather = { ...weather, ...change };
      return weather;
    },
    scopes: () => scopes.filter((scope) => !weather.missingScopes.includes(scope)),
    responseUrl,
  };
}

function coreOf(room: Room, log: CallLog): ControlCore {
  const { channel, socket, views } = room;
  return {
    say: (user, typed, { threadTs, channel: place } = {}) =>
      say(room, { user, typed, threadTs, channel: place }),
    click: (user, messageTs, actionId) => click(room, user, { messageTs, actionId }),
    choose: (user, choice) => choose(room, user, choice),
    options: (user, question) => options(room, user, question),
    views: async (user) => views.stackOf(personOf(user).id).map(shownView),
    home: async (user) => {
      const home = views.homeOf(personOf(user).id);
      return home ? shownView(home) : null;
    },
    openHome: (user) => openHome(room, user),
    submit: (user, viewId, values = {}) => submit(room, user, { viewId, values }),
    dismiss: (user, viewId) => dismiss(room, user, viewId),
    changes: (version, waitMs = 0, signal) => channel.nextChanges(version, waitMs, signal),
    calls: async () => log.calls(),
    fail: async (method, kind, { times = 1, retryAfterSeconds = 1 } = {}) =>
      log.addFault({ method, kind, retryAfterSeconds }, times),
    weather: async (change) => room.changeWeather(change),
    disconnect: async (reason) => socket.disconnect(reason),
    cutConnections: async () => socket.cut(),
    connections: async () => socket.connections,
  };
}

const shownView = ({ viewId, view, values }: OpenView): OpenView => ({ viewId, view, values });

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
