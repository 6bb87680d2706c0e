/** Drives a stand-in that runs in another process. */

import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import { problemSchema } from '../../domain/problem-record.ts';
import type { Calls } from './call-log.ts';
import { chosenSchema, offeredSchema, submittedSchema } from './choices.ts';
import { type ControlCore, controlOf, type SlackControl } from './control.ts';
import { messageSchema } from './message.ts';
import { openViewSchema } from './view.ts';
import { weatherSchema } from './weather.ts';

export interface ControlAddress {
  readonly controlUrl: string;
  readonly controlToken: string;
}

const doneSchema = chosenSchema.extend({ ts: z.string() });
const changesSchema = z.object({
  version: z.number(),
  messages: z.array(messageSchema),
  viewsChanged: z.array(z.string()),
});
const callsSchema = z.object({
  total: z.number(),
  byMethod: z.record(z.string(), z.number()),
  last: z.array(
    z.object({ method: z.string(), atMs: z.number(), error: z.string().exactOptional() }),
  ),
});

/**
 * Each call throws the Problem that the stand-in names, or `slack-stand-in-unreachable`,
 * `slack-control-token` or `slack-control-refused`.
 */
export function controlClient(address: ControlAddress): SlackControl {
  const ask = async (name: string, fields: object = {}, signal?: AbortSignal) =>
    post(address, { name, fields, signal });
  const core: ControlCore = {
    ...peopleClient(ask),
    changes: async (version, waitMs = 0, signal) =>
      changesSchema.parse(await ask('changes', { version, waitMs: Math.ceil(waitMs) }, signal)),
    calls: async (): Promise<Calls> => callsSchema.parse(await ask('calls')),
    fail: async (method, kind, options = {}) => {
      await ask('fail', { method, kind, ...options });
    },
    weather: async (change) => weatherSchema.parse(await ask('weather', change)),
    disconnect: async (reason) => {
      await ask('disconnect', { reason });
    },
    cutConnections: async () => {
      await ask('cutConnections');
    },
    connections: async () => z.number().parse(await ask('connections')),
  };
  return controlOf(core);
}

type Ask = (name: string, fields?: object) => Promise<unknown>;
type People = Pick<
  ControlCore,
  'say' | 'click' | 'choose' | 'options' | 'views' | 'home' | 'openHome' | 'submit' | 'dismiss'
>;

/** What people do. */
function peopleClient(ask: Ask): People {
  return {
    say: async (user, typed, options = {}) =>
      doneSchema.parse(await ask('say', { user, typed, ...options })),
    click: async (user, messageTs, actionId) =>
      doneSchema.parse(await ask('click', { user, messageTs, actionId })),
    choose: async (user, choice) => chosenSchema.parse(await ask('choose', { user, choice })),
    options: async (user, question) =>
      offeredSchema.parse(await ask('options', { user, question })),
    views: async (user) => z.array(openViewSchema).parse(await ask('views', { user })),
    home: async (user) => openViewSchema.nullable().parse(await ask('home', { user })),
    openHome: async (user) => chosenSchema.parse(await ask('openHome', { user })),
    submit: async (user, viewId, values = {}) =>
      submittedSchema.parse(await ask('submit', { user, viewId, values })),
    dismiss: async (user, viewId) => chosenSchema.parse(await ask('dismiss', { user, viewId })),
  };
}

interface Sent {
  readonly name: string;
  readonly fields: object;
  readonly signal: AbortSignal | undefined;
}

async function post(
  { controlUrl, controlToken }: ControlAddress,
  { name, fields, signal }: Sent,
): Promise<unknown> {
  const response = await reach(`${controlUrl}${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
    ...(signal ? { signal } : {}),
  });
  if (response.status === 401) throw new Problem('slack-control-token', { url: controlUrl });
  const body: unknown = await response.json();
  if (response.ok) return z.object({ result: z.unknown() }).parse(body).result;
  const problem = problemSchema.safeParse(body);
  if (problem.success) throw new Problem(problem.data.code, problem.data.facts);
  const reason = `HTTP ${response.status}`;
  throw new Problem('slack-control-refused', { request: name, reason });
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw new Problem('slack-stand-in-unreachable', { url }, { cause });
  }
}
