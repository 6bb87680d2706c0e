/**
 * The bot's door to Slack: Bolt over two Socket Mode connections, because one alone is gone for five
 * seconds whenever Slack refreshes it (facts: Slack, section 2).
 */

import bolt, { type App, type SocketModeReceiver } from '@slack/bolt';
import webApi from '@slack/web-api';
import { Problem, toProblemRecord } from '../domain/problem.ts';
import { type Language, wordsIn } from '../texts/words.ts';
import { type ApprovalRule, accessOf, checkApprovers } from './access.ts';
import { registerActions } from './actions/listener.ts';
import { startAges } from './ages.ts';
import { messageOf, refusalIn, SLACK_API_URL } from './api.ts';
import type { ChannelScope } from './authority.ts';
import { registerCommands } from './commands/listener.ts';
import { type Connection, connectionOf } from './connection.ts';
import { startDrains } from './drains.ts';
import type { Edge } from './edge.ts';
import { registerEvents } from './events/listener.ts';
import { startExpiries } from './expiries.ts';
import { wordsForIn } from './language.ts';
import { slackLogger } from './logger.ts';
import { registerModal } from './modal/listener.ts';
import { type PaceLimits, paceOf } from './pace.ts';
import type { Audit, AuditLines, Log, MessageRecords, Operations, Roles } from './ports.ts';
import { postsOf } from './posts.ts';
import { startProjector } from './projector.ts';
import { remindersOf, sayingWhoMay } from './reminders.ts';
import { sendAudit } from './send-audit.ts';
import { zoneIn } from './zone.ts';

const CALL_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 30_000;
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
  readonly audit: Audit;
  /** What `history … export` sends; nothing without it. */
  readonly auditLines?: AuditLines;
  /** Which channel is for which hosts; without it every channel is for all. */
  readonly channels?: readonly ChannelScope[] | undefined;
  /** Checked against the members of groups at the start. */
  readonly approval?: ApprovalRule;
  /** Of channels; English without it. Answers to one person are in that person's own. */
  readonly language?: Language | undefined;
  /** The channel that all migrations are shown in. */
  readonly channel: string;
  readonly log: Log;
  readonly pace?: PaceLimits;
  readonly lookEveryMs?: number;
  /** Ends the start; a bot that has started is ended by `stop`. */
  readonly signal?: AbortSignal;
}

export interface Bot {
  /** Of Socket Mode, right now. */
  connections(): { readonly open: number; readonly wanted: number };
  /** Resolves when nothing is under way and both connections are closed. */
  stop(): Promise<void>;
}

/** @throws Problem `slack-token-refused`, `slack-unreachable`, `slack-roles-missing`, `approvers-too-few` */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { roles, operations, records, log, channel, tokens } = options;
  refuseWithoutRoles(roles);
  const slackApiUrl = options.slackApiUrl ?? SLACK_API_URL;
  const logger = slackLogger(log);
  const calls = { slackApiUrl, logger, timeout: CALL_TIMEOUT_MS };
  const connections = Array.from({ length: CONNECTIONS }, () =>
    connectionOf({ appToken: tokens.app, clientOptions: calls, log }),
  );
  const receivers = connections.map(({ receiver }) => receiver);
  const app = await initialized(receivers, options, { ...calls, retryConfig: FEW_RETRIES });
  const client = posting(tokens.bot, calls);
  const authority = accessOf({ ...options, slackApiUrl });
  if (options.approval) await checkApprovers(authority, options.approval, log);
  const { auditLines = noLines } = options;
  const words = wordsIn(options.language ?? 'en');
  const { lookEveryMs } = options;
  const posts = postsOf(client, words);
  const projector = startProjector({
    operations: sayingWhoMay(operations, authority),
    notesOf: remindersOf(words),
    records,
    posts,
    progress: postsOf(posting(tokens.bot, calls), words),
    words,
    home: channel,
    operators: authority.whoIs('operator'),
    log,
    pace: paceOf(options.pace),
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
  });
  const expiries = startExpiries({ operations, records, posts, words, home: channel, log });
  const ages = startAges({
    ...{ operations, records, posts, words, home: channel, log },
    operators: authority.whoIs('operator'),
  });
  const drains = startDrains({
    ...{ operations, records, posts, words, home: channel, log },
    operators: authority.whoIs('operator'),
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
  });
  const edge: Edge = {
    operations,
    records,
    authority,
    audit: options.audit,
    exportAudit: (asker, vm) => sendAudit(asker, vm, { posts, authority, auditLines }),
    channel,
    log,
    zoneOf: zoneIn({ client, log }),
    wordsFor: wordsForIn({ client, language: options.language, log }),
    wake: projector.wake,
  };
  register(app, edge);
  const stop = async () => {
    await Promise.all(connections.map((connection) => connection.stop()));
    expiries.stop();
    ages.stop();
    await drains.stop();
    await projector.stop();
  };
  try {
    await connected(connections, slackApiUrl, options.signal);
  } catch (error) {
    await stop();
    throw error;
  }
  const open = () => connections.filter((connection) => connection.isOpen()).length;
  return { stop, connections: () => ({ open: open(), wanted: connections.length }) };
}

function refuseWithoutRoles(roles: Roles): void {
  const missing = [
    ...(roles.operators.length === 0 ? ['FERRY_OPERATORS'] : []),
    ...(roles.approvers.length === 0 ? ['FERRY_APPROVERS'] : []),
  ];
  if (missing.length > 0) throw new Problem('slack-roles-missing', { missing });
}

/** A full queue would hold back an alert; the projector waits for one message at a time instead. */
const posting = (token: string, calls: webApi.WebClientOptions): webApi.WebClient =>
  new webApi.WebClient(token, {
    ...calls,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });

function register(app: App, edge: Edge): void {
  const modal = registerModal(app, edge);
  registerCommands(app, edge, modal);
  registerActions(app, edge, modal);
  registerEvents(app, edge);
}

async function* noLines(): AsyncIterable<string> {}

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

/** The first alone finds out whether the token is good. */
async function connected(
  connections: readonly Connection[],
  url: string,
  signal?: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const ended = AbortSignal.any([timeout, ...(signal ? [signal] : [])]);
  try {
    for (const connection of connections) await connection.start(ended);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw startProblem('app', url, error);
  }
}

function startProblem(token: 'bot' | 'app', url: string, cause: unknown): Problem {
  const refused = refusalIn(cause);
  if (refused !== undefined) {
    return new Problem('slack-token-refused', { token, error: refused }, { cause });
  }
  return new Problem('slack-unreachable', { url, error: messageOf(cause) }, { cause });
}
