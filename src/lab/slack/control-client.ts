/** Drives a stand-in that runs in another process. */

import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import type { Calls } from './call-log.ts';
import { type ControlCore, controlOf, type SlackControl } from './control.ts';
import { messageSchema } from './message.ts';

export interface ControlAddress {
  readonly controlUrl: string;
  readonly controlToken: string;
}

const doneSchema = z.object({
  outcome: z.enum(['acknowledged', 'operation_timeout', 'dispatch_failed', 'not_sent']),
  ts: z.string(),
});
const changesSchema = z.object({ version: z.number(), messages: z.array(messageSchema) });
const callsSchema = z.object({
  total: z.number(),
  byMethod: z.record(z.string(), z.number()),
  last: z.array(
    z.object({ method: z.string(), atMs: z.number(), error: z.string().exactOptional() }),
  ),
});
const problemSchema = z.object({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
});

/**
 * Each call throws the Problem that the stand-in names, or `slack-stand-in-unreachable`,
 * `slack-control-token` or `slack-control-refused`.
 */
export function controlClient(address: ControlAddress): SlackControl {
  const ask = async (name: string, fields: object = {}, signal?: AbortSignal) =>
    post(address, { name, fields, signal });
  const core: ControlCore = {
    say: async (user, typed, { threadTs } = {}) =>
      doneSchema.parse(await ask('say', { user, typed, threadTs })),
    click: async (user, messageTs, actionId) =>
      doneSchema.parse(await ask('click', { user, messageTs, actionId })),
    changes: async (version, waitMs = 0, signal) =>
      changesSchema.parse(await ask('changes', { version, waitMs: Math.ceil(waitMs) }, signal)),
    calls: async (): Promise<Calls> => callsSchema.parse(await ask('calls')),
    fail: async (method, kind, options = {}) => {
      await ask('fail', { method, kind, ...options });
    },
    disconnect: async (reason) => {
      await ask('disconnect', { reason });
    },
    connections: async () => z.number().parse(await ask('connections')),
  };
  return controlOf(core);
}

interface Question {
  readonly name: string;
  readonly fields: object;
  readonly signal: AbortSignal | undefined;
}

async function post(
  { controlUrl, controlToken }: ControlAddress,
  { name, fields, signal }: Question,
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
