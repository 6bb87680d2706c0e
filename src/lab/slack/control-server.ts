/** The control API over HTTP under `/lab/`, for the lab's other processes. */

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import { type Exchange, sendJson } from './api-server.ts';
import { FAULT_KINDS } from './call-log.ts';
import { choiceSchema, fieldValuesSchema, questionSchema } from './choices.ts';
import { type ControlCore, POLL_MS_MAX } from './control.ts';
import { Refusal } from './refusal.ts';
import { readFields } from './request-body.ts';
import { rowOf } from './table.ts';
import { weatherChangeSchema } from './weather.ts';

const userSchema = z.object({ user: z.string() });
const saySchema = userSchema.extend({
  typed: z.string(),
  threadTs: z.string().exactOptional(),
  channel: z.string().exactOptional(),
});
const clickSchema = userSchema.extend({ messageTs: z.string(), actionId: z.string() });
const chooseSchema = userSchema.extend({ choice: choiceSchema });
const optionsSchema = userSchema.extend({ question: questionSchema });
const submitSchema = userSchema.extend({ viewId: z.string(), values: fieldValuesSchema });
const dismissSchema = userSchema.extend({ viewId: z.string() });
const changesSchema = z.object({
  version: z.coerce.number().int().min(0),
  waitMs: z.coerce.number().int().min(0).max(POLL_MS_MAX),
});
const failSchema = z.object({
  method: z.string(),
  kind: z.enum(FAULT_KINDS),
  times: z.number().int().min(1).optional(),
  retryAfterSeconds: z.number().int().min(1).optional(),
});
const disconnectSchema = z.object({
  reason: z.enum(['warning', 'refresh_requested', 'link_disabled', 'too_many_websockets']),
});

type Route = (core: ControlCore, fields: unknown) => Promise<unknown>;

const ROUTES: Readonly<Record<string, Route>> = {
  say: (core, fields) => {
    const { user, typed, ...options } = saySchema.parse(fields);
    return core.say(user, typed, options);
  },
  click: (core, fields) => {
    const { user, messageTs, actionId } = clickSchema.parse(fields);
    return core.click(user, messageTs, actionId);
  },
  choose: (core, fields) => {
    const { user, choice } = chooseSchema.parse(fields);
    return core.choose(user, choice);
  },
  options: (core, fields) => {
    const { user, question } = optionsSchema.parse(fields);
    return core.options(user, question);
  },
  views: (core, fields) => core.views(userSchema.parse(fields).user),
  home: (core, fields) => core.home(userSchema.parse(fields).user),
  openHome: (core, fields) => core.openHome(userSchema.parse(fields).user),
  submit: (core, fields) => {
    const { user, viewId, values } = submitSchema.parse(fields);
    return core.submit(user, viewId, values);
  },
  dismiss: (core, fields) => {
    const { user, viewId } = dismissSchema.parse(fields);
    return core.dismiss(user, viewId);
  },
  changes: (core, fields) => {
    const { version, waitMs } = changesSchema.parse(fields);
    return core.changes(version, waitMs);
  },
  calls: (core) => core.calls(),
  fail: (core, fields) => {
    const { method, kind, times = 1, retryAfterSeconds = 1 } = failSchema.parse(fields);
    return core.fail(method, kind, { times, retryAfterSeconds });
  },
  weather: (core, fields) => core.weather(weatherChangeSchema.parse(fields)),
  disconnect: (core, fields) => core.disconnect(disconnectSchema.parse(fields).reason),
  cutConnections: (core) => core.cutConnections(),
  connections: (core) => core.connections(),
};

export interface ControlParts {
  readonly core: ControlCore;
  readonly controlToken: string;
}

/** A post to `/lab/<name>`: 200 with the result, 400 with a problem's record, 401, 404. */
export async function serveControl(
  { core, controlToken }: ControlParts,
  name: string,
  { request, response }: Exchange,
): Promise<void> {
  if (!hasControlToken(request, controlToken)) return sendJson(response, 401, {});
  const route = rowOf(ROUTES, name);
  if (!route) return sendJson(response, 404, {});
  try {
    const result = await route(core, await readFields(request));
    sendJson(response, 200, { result: result ?? null });
  } catch (error) {
    if (error instanceof Problem) {
      return sendJson(response, 400, { code: error.code, facts: error.facts });
    }
    if (error instanceof Refusal || error instanceof z.ZodError) {
      const facts = { request: name, reason: error.message };
      return sendJson(response, 400, { code: 'slack-control-refused', facts });
    }
    throw error;
  }
}

export function hasControlToken({ headers }: IncomingMessage, controlToken: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${controlToken}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
