/** A stand-in with a clock of its own, called as an app calls Slack: by HTTP and WebSocket. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  type SlackStandIn,
  type StandInOptions,
  startSlackStandIn,
} from '../../../src/lab/slack/stand-in.ts';
import { until } from '../../until.ts';

export const CHANNEL = 'C-MIGRATIONS';

export interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly ok?: boolean;
  readonly error?: string;
  readonly [name: string]: unknown;
}

interface Frame {
  readonly type: string;
  readonly envelope_id?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/** A raw Socket Mode client; `frames` holds the frames that came. */
export interface Connection {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  /** The first envelope that came and was not taken yet. */
  take(): Promise<Frame>;
  acknowledge(frame: Frame, payload?: object): void;
}

export interface RuleSlack {
  readonly standIn: SlackStandIn;
  readonly clock: { nowMs: number };
  call(method: string, args?: object, token?: string): Promise<Reply>;
  post(more: object): Promise<Reply>;
  connect(): Promise<Connection>;
  stop(): Promise<void>;
}

export async function startRuleSlack(options: StandInOptions = {}): Promise<RuleSlack> {
  const clock = { nowMs: Date.now() };
  const standIn = await startSlackStandIn({ nowMs: () => clock.nowMs, ...options });
  const { apiUrl, appToken, botToken } = standIn.addresses;
  const connections: Connection[] = [];
  const call = (method: string, args: object = {}, token = botToken) =>
    callSlack(`${apiUrl}${method}`, { args, token });
  const connect = async () => {
    const { url } = await call('apps.connections.open', {}, appToken);
    const connection = await opened(String(url));
    connections.push(connection);
    return connection;
  };
  const stop = async () => {
    for (const { socket } of connections) socket.terminate();
    await standIn.stop();
  };
  const post = (more: object) => call('chat.postMessage', { channel: CHANNEL, ...more });
  return { standIn, clock, call, post, connect, stop };
}

interface Called {
  readonly args: object;
  readonly token: string;
}

/** As @slack/web-api does it: a form, with what is no string as JSON in it. */
async function callSlack(url: string, { args, token }: Called): Promise<Reply> {
  const fields = Object.entries(args).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const response = await fetch(url, {
    method: 'POST',
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    body: new URLSearchParams(fields),
  });
  const body = (await response.json()) as object;
  return { ...body, status: response.status, retryAfter: response.headers.get('retry-after') };
}

export async function opened(url: string): Promise<Connection> {
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const waiting: Frame[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    frames.push(frame);
    if (frame.envelope_id !== undefined) waiting.push(frame);
  });
  await once(socket, 'message');
  return {
    socket,
    frames,
    take: async () => {
      await until(() => waiting.length > 0);
      const frame = waiting.shift();
      if (!frame) throw new Error('It was there');
      return frame;
    },
    acknowledge: ({ envelope_id }, payload) =>
      socket.send(JSON.stringify({ envelope_id, ...(payload ? { payload } : {}) })),
  };
}

/** A response_url, from a command that nobody acknowledges yet. */
export async function responseUrlOf(slack: RuleSlack): Promise<string> {
  const connection = await slack.connect();
  const said = slack.standIn.say('olga', '/migrate');
  const frame = await connection.take();
  connection.acknowledge(frame);
  await said;
  return String(frame.payload?.response_url);
}

/** The status and the error of an answer to a response_url. */
export async function answer(
  url: string,
  body: object,
): Promise<readonly [number, string | undefined]> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const { error } = (await response.json()) as { error?: string };
  return [response.status, error];
}

/** The reply to a call that Slack refuses. */
export const refused = (error: string) => ({ ok: false, error, status: 200 });

export const x = (length: number): string => 'x'.repeat(length);
export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const list = <T>(length: number, item: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => item(index));
