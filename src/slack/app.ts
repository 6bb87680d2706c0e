/**
 * The bot's door to Slack: Bolt over two Socket Mode connections, because one alone is gone for five
 * seconds whenever Slack refreshes it (facts: Slack, section 2).
 */

import bolt, { type App, type SocketModeReceiver } from '@slack/bolt';
import webApi from '@slack/web-api';
import { Problem, toProblemRecord } from '../domain/problem.ts';
import { registerActions } from './actions/listener.ts';
import { registerCommands } from './commands/listener.ts';
import type { Edge } from './edge.ts';
import { registerEvents } from './events/listener.ts';
import { slackLogger } from './logger.ts';
import type { PaceLimits } from './pace.ts';
import { paceOf } from './pace.ts';
import type { Log, MessageRecords, Operations, Roles } from './ports.ts';
import { postsOf } from './posts.ts';
import { startProjector } from './projector.ts';

const SLACK_API_URL = 'https://slack.com/api/';
const CALL_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 30_000;
const DISCONNECT_TIMEOUT_MS = 2_000;
const CONNECTIONS = 2;
/** For answers to people, who are waiting. */
const FEW_RETRIES = { retries: 2, factor: 2, minTimeout: 500 } as const;

export interface BotOptions {
  readonly tokens: { readonly bot: string; readonly app: string };
  /** With the trailing slash; Slack's own unless the lab's stand-in is meant. */
  readonly slackApiUrl?: string;
  readonly operations: Operations;
  readonly records: MessageRecords;
  readonly roles: Roles;
  /** The channel that all migrations are shown in. */
  readonly channel: string;
  readonly log: Log;
  readonly pace?: PaceLimits;
  readonly lookEveryMs?: number;
  /** Ends the start; a bot that has started is ended by `stop`. */
  readonly signal?: AbortSignal;
}

export interface Bot {
  /** Resolves when nothing is under way and both connections are closed. */
  stop(): Promise<void>;
}

/** @throws Problem `slack-token-refused`, `slack-unreachable`, `slack-roles-missing` */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { roles, operations, records, log, channel, tokens } = options;
  const missing = (['operators', 'approvers'] as const).filter((role) => roles[role].length === 0);
  if (missing.length > 0) throw new Problem('slack-roles-missing', { missing });
  const slackApiUrl = options.slackApiUrl ?? SLACK_API_URL;
  const logger = slackLogger(log);
  const calls = { slackApiUrl, logger, timeout: CALL_TIMEOUT_MS };
  const receivers = Array.from(
    { length: CONNECTIONS },
    () =>
      // socket-mode writes into the client options it is given: each gets its own.
      new bolt.SocketModeReceiver({
        appToken: tokens.app,
        logger,
        installerOptions: { clientOptions: { ...calls } },
      }),
  );
  const app = await initialized(receivers, options, { ...calls, retryConfig: FEW_RETRIES });
  const client = new webApi.WebClient(tokens.bot, {
    ...calls,
    retryConfig: { retries: 0 },
    // A full queue would hold back an alert; the projector waits for one message at a time instead.
    rejectRateLimitedCalls: true,
  });
  const { lookEveryMs } = options;
  const projector = startProjector({
    operations,
    records,
    posts: postsOf(client),
    log,
    pace: paceOf(options.pace),
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
  });
  const edge: Edge = { operations, records, roles, channel, log, wake: projector.wake };
  registerCommands(app, edge);
  registerActions(app, edge);
  registerEvents(app, edge);
  const stop = async () => {
    await Promise.all(receivers.map(disconnected));
    await projector.stop();
  };
  try {
    await connected(receivers, slackApiUrl, options.signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** Checked before anything starts: a wrong bot token would otherwise show only at the first command. */
async function initialized(
  receivers: readonly SocketModeReceiver[],
  { tokens, log }: BotOptions,
  clientOptions: webApi.WebClientOptions & { slackApiUrl: string },
): Promise<App> {
  const [first, ...others] = receivers;
  if (!first) throw new Error('A bot needs a connection');
  const app = new bolt.App({
    token: tokens.bot,
    receiver: first,
    deferInitialization: true,
    convoStore: false,
    clientOptions,
    ...(clientOptions.logger ? { logger: clientOptions.logger } : {}),
  });
  app.error(async (error) => {
    const { code, facts } = toProblemRecord(error);
    log('slack-listener-failed', { ...facts, code });
  });
  try {
    await app.init();
  } catch (error) {
    throw startProblem('bot', clientOptions.slackApiUrl, error);
  }
  for (const other of others) other.init(app);
  return app;
}

async function connected(
  receivers: readonly SocketModeReceiver[],
  url: string,
  signal?: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const ended = AbortSignal.any([timeout, ...(signal ? [signal] : [])]);
  try {
    await Promise.race([
      startInTurn(receivers),
      new Promise((_, reject) => {
        if (ended.aborted) reject(ended.reason);
        ended.addEventListener('abort', () => reject(ended.reason), { once: true });
      }),
    ]);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw startProblem('app', url, error);
  }
}

/** The first alone finds out whether the token is good; a second would try again for minutes. */
async function startInTurn(receivers: readonly SocketModeReceiver[]): Promise<void> {
  for (const receiver of receivers) await receiver.start();
}

function startProblem(token: 'bot' | 'app', url: string, cause: unknown): Problem {
  if (cause instanceof webApi.WebAPIPlatformError) {
    return new Problem('slack-token-refused', { token, error: cause.data.error }, { cause });
  }
  const error = cause instanceof Error ? cause.message : String(cause);
  return new Problem('slack-unreachable', { url, error }, { cause });
}

/** `receiver.stop()` resolves while the socket is still open, and Slack allows only ten. */
async function disconnected({ client }: SocketModeReceiver): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DISCONNECT_TIMEOUT_MS);
  });
  await Promise.race([client.disconnect(), patience]);
  clearTimeout(timer);
}
