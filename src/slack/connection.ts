/**
 * One Socket Mode connection that is kept open. The client's own reconnecting is switched off: it
 * leaves five seconds without a connection, ends the process with an unhandled rejection when
 * `apps.connections.open` fails for good, and holds a stopped process by its timers (facts: Slack, 2).
 */

import bolt, { type SocketModeReceiver } from '@slack/bolt';
import webApi from '@slack/web-api';
import { messageOf } from './api.ts';
import type { Log } from './ports.ts';
import { sleep } from './sleep.ts';

/** Without a hello the client waits for ever. */
const HELLO_WITHIN_MS = 20_000;
const DISCONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 15_000;
/** A connection that ends sooner counts as a failure: Slack may be turning away one too many. */
const STEADY_AFTER_MS = 10_000;

export interface ConnectionOptions {
  readonly appToken: string;
  readonly clientOptions: webApi.WebClientOptions;
  readonly log: Log;
}

export interface Connection {
  /** Bolt's end of it. */
  readonly receiver: SocketModeReceiver;
  /** Connects, and from then on connects again. Rejects when the first time fails. */
  start(signal: AbortSignal): Promise<void>;
  isOpen(): boolean;
  stop(): Promise<void>;
}

export function connectionOf({ appToken, clientOptions, log }: ConnectionOptions): Connection {
  const { logger } = clientOptions;
  const receiver = new bolt.SocketModeReceiver({
    appToken,
    ...(logger ? { logger } : {}),
    autoReconnectEnabled: false,
    // socket-mode writes into the client options that it is given: each gets its own.
    installerOptions: {
      clientOptions: {
        ...clientOptions,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
      },
    },
  });
  const { client } = receiver;
  const stopping = new AbortController();
  let keeping: Promise<void> = Promise.resolve();
  return {
    receiver,
    isOpen: () => client.websocket?.isActive() ?? false,
    async start(signal) {
      await connect(client, AbortSignal.any([signal, stopping.signal]));
      keeping = keep(client, { log, signal: stopping.signal });
    },
    async stop() {
      stopping.abort();
      await disconnect(client);
      await keeping;
    },
  };
}

type Client = SocketModeReceiver['client'];

async function keep(client: Client, { log, signal }: { log: Log; signal: AbortSignal }) {
  let failures = 0;
  while (!signal.aborted) {
    const since = Date.now();
    await ended(client, signal);
    if (signal.aborted) return;
    if (Date.now() - since >= STEADY_AFTER_MS) failures = 0;
    while (!signal.aborted) {
      await sleep(failures === 0 ? 0 : waitMs(failures), signal);
      failures += 1;
      if (await isConnected(client, { log, signal, failures })) break;
    }
  }
}

async function isConnected(
  client: Client,
  { log, signal, failures }: { log: Log; signal: AbortSignal; failures: number },
): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await connect(client, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    log('slack-connection-failed', { error: messageOf(error), attempt: failures });
    const asked = error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : 0;
    await sleep(asked, signal);
    return false;
  }
}

const waitMs = (failures: number): number =>
  Math.min(RETRY_MS_FIRST * 2 ** (failures - 1), RETRY_MS_MAX);

/** Resolves at Slack's hello. */
async function connect(client: Client, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(HELLO_WITHIN_MS)]);
  const started = client.start();
  try {
    await Promise.race([started, aborted(patience)]);
  } catch (error) {
    // It may still connect: then nobody would listen, and Slack allows only ten.
    started.then(
      () => void disconnect(client),
      () => undefined,
    );
    await disconnect(client);
    throw error ?? new Error('The connection was closed before it said hello');
  }
}

/** Resolves when the connection is gone. */
async function ended(client: Client, signal: AbortSignal): Promise<void> {
  if (!client.websocket?.isActive()) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      client.off('disconnected', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    client.on('disconnected', end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** The client resolves only on an event that a closed connection no longer sends. */
async function disconnect(client: Client): Promise<void> {
  if (!client.websocket?.isActive()) return;
  const patience = new AbortController();
  await Promise.race([client.disconnect(), sleep(DISCONNECT_TIMEOUT_MS, patience.signal)]);
  patience.abort();
}
