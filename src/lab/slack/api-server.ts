/** The Web API and response_urls over HTTP: token, injected fault, method, answer. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { putAnswer } from './answers.ts';
import type { CallLog, Fault } from './call-log.ts';
import type { Identity } from './identity.ts';
import { Refusal } from './refusal.ts';
import { type Fields, readFields } from './request-body.ts';
import { rowOf } from './table.ts';
import { type Answer, METHODS, type Workspace } from './web-api.ts';

/** response_urls are counted, and fail on demand, under this name. */
const RESPONSE_URL_METHOD = 'response_url';
const UNKNOWN_METHOD = 'unknown_method';

export interface ApiParts {
  readonly identity: Identity;
  readonly log: CallLog;
  readonly workspace: Workspace;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A call of `/api/<method>`. */
export async function serveMethod(
  parts: ApiParts,
  name: string,
  exchange: Exchange,
): Promise<void> {
  const method = rowOf(METHODS, name);
  // Names from outside must not grow the counts without end.
  const counted = method ? name : UNKNOWN_METHOD;
  await serve(parts, { name: counted, exchange, refusedStatus: () => 200 }, (fields) => {
    if (!method) throw new Refusal(UNKNOWN_METHOD, { req_method: name });
    requireToken(tokenOf(exchange.request, fields), method.token, parts.identity);
    return method.answer(fields, parts.workspace);
  });
}

/** A post to `/response/<id>`; unlike the Web API it refuses by the HTTP status. */
export async function serveResponseUrl(
  parts: ApiParts,
  id: string,
  exchange: Exchange,
): Promise<void> {
  const { channel, shortLived } = parts.workspace;
  const refusedStatus = (code: string) => (code.endsWith('_url') ? 404 : 400);
  await serve(parts, { name: RESPONSE_URL_METHOD, exchange, refusedStatus }, (fields) => {
    putAnswer(channel, fields, shortLived.takeResponse(id));
    return {};
  });
}

interface Served {
  readonly name: string;
  readonly exchange: Exchange;
  readonly refusedStatus: (code: string) => number;
}

async function serve(
  { log }: ApiParts,
  { name, exchange, refusedStatus }: Served,
  answer: (fields: Fields) => Answer,
): Promise<void> {
  const { request, response } = exchange;
  const fault = log.takeFault(name);
  try {
    const fields = await readFields(request);
    if (fault && fault.kind !== 'stored-then-cut') {
      log.record(name, fault.kind);
      return fail(response, fault);
    }
    const answered = answer(fields);
    log.record(name, fault?.kind);
    if (fault) request.socket.destroy();
    else sendJson(response, 200, { ok: true, ...answered });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.record(name, error.code);
    sendJson(response, refusedStatus(error.code), {
      ok: false,
      error: error.code,
      ...error.details,
    });
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, { kind, retryAfterSeconds }: Fault): void {
  if (kind === 'rate-limited') {
    response.setHeader('retry-after', String(retryAfterSeconds));
    sendJson(response, 429, { ok: false, error: 'ratelimited' });
  } else {
    sendJson(response, 500, { ok: false, error: 'fatal_error' });
  }
}

function tokenOf({ headers }: IncomingMessage, { token }: Fields): string {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return bearer ?? (typeof token === 'string' ? token : '');
}

function requireToken(
  given: string,
  wanted: 'app' | 'bot',
  { appToken, botToken }: Identity,
): void {
  if (given === '') throw new Refusal('not_authed');
  if (given === (wanted === 'app' ? appToken : botToken)) return;
  const isOtherKind = given === appToken || given === botToken;
  throw new Refusal(isOtherKind ? 'not_allowed_token_type' : 'invalid_auth');
}
