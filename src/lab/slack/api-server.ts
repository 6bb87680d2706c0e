/** The Web API, uploads and response_urls over HTTP: weather, token, scope, rate, method, answer. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { putAnswer } from './answers.ts';
import type { CallLog, Fault } from './call-log.ts';
import type { Identity } from './identity.ts';
import { FILE_BYTES_MAX } from './message.ts';
import type { Answer, Args, Method, Workspace } from './methods.ts';
import { RateLimited, Refusal } from './refusal.ts';
import { readContent, readFields } from './request-body.ts';
import { rowOf } from './table.ts';
import { METHODS } from './web-api.ts';

/** response_urls and uploads are counted, and fail on demand, under these names. */
const RESPONSE_URL_METHOD = 'response_url';
const UPLOAD_METHOD = 'upload_url';
const UNKNOWN_METHOD = 'unknown_method';

export interface ApiParts {
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
  const { identity, room } = parts.workspace;
  // Names from outside must not grow the counts without end.
  const counted = method ? name : UNKNOWN_METHOD;
  await serve(parts, { name: counted, exchange, refusedStatus: () => 200 }, async () => {
    const args = await readFields(exchange.request);
    if (!method) throw new Refusal(UNKNOWN_METHOD, { req_method: name });
    requireToken(tokenOf(exchange.request, args), method.token, identity);
    if (method.token === 'bot') {
      exchange.response.setHeader('x-oauth-scopes', room.scopes().join(','));
    }
    requireScope(method, room.scopes());
    requireRate(parts.workspace, { name, method, args });
    return () => method.answer(args, parts.workspace);
  });
}

/** A post to `/response/<id>`; unlike the Web API it refuses by the HTTP status. */
export async function serveResponseUrl(
  parts: ApiParts,
  id: string,
  exchange: Exchange,
): Promise<void> {
  const { channel, shortLived } = parts.workspace.room;
  const refusedStatus = (code: string) => (code.endsWith('_url') ? 404 : 400);
  await serve(parts, { name: RESPONSE_URL_METHOD, exchange, refusedStatus }, async () => {
    const fields = await readFields(exchange.request);
    return () => {
      putAnswer(channel, fields, shortLived.takeResponse(id));
      return {};
    };
  });
}

/** A post of a file's content to `/upload/<id>`. */
export async function serveUpload(parts: ApiParts, id: string, exchange: Exchange): Promise<void> {
  const named = { name: UPLOAD_METHOD, exchange, refusedStatus: () => 400 };
  await serve(parts, named, async () => {
    const content = await readContent(exchange.request, FILE_BYTES_MAX);
    return () => {
      parts.workspace.files.upload(id, content);
      return {};
    };
  });
}

interface Served {
  readonly name: string;
  readonly exchange: Exchange;
  readonly refusedStatus: (code: string) => number;
}

/** `prepare` reads and checks; what it gives back acts. @throws what is no Refusal */
async function serve(
  { log, workspace }: ApiParts,
  { name, exchange, refusedStatus }: Served,
  prepare: () => Promise<() => Answer>,
): Promise<void> {
  const { request, response } = exchange;
  const { webApi } = workspace.room.weather();
  if (webApi === 'down') {
    log.record(name, webApi);
    request.socket.destroy();
    return;
  }
  const fault = webApi === 'http-500' ? DOWN : log.takeFault(name);
  try {
    if (fault && fault.kind !== 'stored-then-cut') {
      log.record(name, fault.kind);
      request.resume();
      return fail(response, fault);
    }
    const act = await prepare();
    const answered = act();
    log.record(name, fault?.kind);
    if (fault) request.socket.destroy();
    else sendJson(response, 200, { ok: true, ...answered });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.record(name, error.code);
    if (error instanceof RateLimited) return tooMany(response, error.retryAfterSeconds);
    const body = { ok: false, error: error.code, ...error.details };
    sendJson(response, refusedStatus(error.code), body);
  }
}

const DOWN: Fault = { method: '', kind: 'http-500', retryAfterSeconds: 0 };

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, { kind, retryAfterSeconds }: Fault): void {
  if (kind === 'rate-limited') tooMany(response, retryAfterSeconds);
  else sendJson(response, 500, { ok: false, error: 'fatal_error' });
}

function tooMany(response: ServerResponse, retryAfterSeconds: number): void {
  response.setHeader('retry-after', String(retryAfterSeconds));
  sendJson(response, 429, { ok: false, error: 'ratelimited' });
}

function tokenOf({ headers }: IncomingMessage, { token }: Args): string {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return bearer ?? (typeof token === 'string' ? token : '');
}

function requireToken(
  given: string,
  wanted: Method['token'],
  { appToken, botToken }: Identity,
): void {
  if (given === '') throw new Refusal('not_authed');
  if (given === (wanted === 'app' ? appToken : botToken)) return;
  const isOtherKind = given === appToken || given === botToken;
  throw new Refusal(isOtherKind ? 'not_allowed_token_type' : 'invalid_auth');
}

function requireScope({ scope }: Method, provided: readonly string[]): void {
  if (scope === undefined || provided.includes(scope)) return;
  throw new Refusal('missing_scope', { needed: scope, provided: provided.join(',') });
}

interface Call {
  readonly name: string;
  readonly method: Method;
  readonly args: Args;
}

function requireRate({ rates, room }: Workspace, { name, method, args }: Call): void {
  if (method.tier === undefined) return;
  const call = { method: name, tier: method.tier, channel: String(args.channel ?? '') };
  const seconds = rates.take(call, room.weather().rateLimits);
  if (seconds > 0) throw new RateLimited(seconds);
}
