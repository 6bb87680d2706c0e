/** The lab's page: a server on loopback for the one who was given its URL. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import { textOf } from '../../texts/catalogue.ts';
import type { Lab } from '../machine.ts';
import { personOf } from '../slack/workspace.ts';
import { type Assets, readAssets } from './assets.ts';
import { faultDesk } from './faults.ts';
import { sendFile } from './file.ts';
import { cookieLine, hasSession, isFromPage, isOurHost, isSame, type Secrets } from './guards.ts';
import { tellLive } from './live.ts';
import { type Parts, REQUESTS } from './requests.ts';
import { watchTruth } from './truth.ts';
import type { Failure } from './wire.ts';

const ADDRESS = '127.0.0.1';
const BODY_BYTES_MAX = 256 * 1024;
const STREAMS_MAX = 16;

export interface LabPage {
  /** With the token: whoever has it can act as everybody in the lab. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page of a lab that runs, on any free port of 127.0.0.1. */
export async function startLabPage(lab: Lab): Promise<LabPage> {
  const assets = await readAssets();
  const desk = faultDesk(lab);
  const truth = watchTruth(lab, desk);
  const server = createServer();
  server.listen(0, ADDRESS);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const secret = () => randomBytes(24).toString('base64url');
  const secrets: Secrets = { port, token: secret(), session: secret() };
  const ended = new AbortController();
  const site: Site = { assets, secrets, ended: ended.signal, streams: new Set() };
  serve(server, { site, parts: { lab, desk, truth } });
  return {
    url: `http://${ADDRESS}:${port}/?token=${secrets.token}`,
    async close() {
      ended.abort();
      await truth.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Site {
  readonly assets: Assets;
  readonly secrets: Secrets;
  readonly ended: AbortSignal;
  /** Open event streams, each a browser's. */
  readonly streams: Set<ServerResponse>;
}

interface Served {
  readonly site: Site;
  readonly parts: Parts;
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

function serve(server: Server, served: Served): void {
  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(headersFor(served.site.assets))) {
      response.setHeader(name, value);
    }
    route(served, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else fail(response, error);
    });
  });
}

const headersFor = ({ contentSecurityPolicy }: Assets) => ({
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
});

/** Host, Origin, token: in this order, before anything else is looked at. */
async function route(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { secrets } = served.site;
  const { method, headers } = request;
  if (!isOurHost(headers.host, secrets.port)) return say(response, 403, 'This is not that host.');
  const path = request.url ?? '';
  if (!path.startsWith('/')) return say(response, 404, 'There is no such page.');
  // Not as a base: a path that begins with two slashes would name another host.
  const url = new URL(`http://${ADDRESS}${path}`);
  const visit = { request, response, url };
  if (method === 'GET' && url.pathname === '/' && url.searchParams.has('token')) {
    return enter(served.site, visit);
  }
  if (method !== 'GET' && method !== 'POST') return say(response, 405, 'GET and POST only.');
  if (!isFromPage(headers, method === 'POST')) {
    return say(response, 403, 'Only the page itself may ask.');
  }
  if (!hasSession(headers, secrets)) {
    return say(response, 401, 'Open the whole URL that "npm run lab" printed.');
  }
  return method === 'POST' ? act(served, visit) : show(served, visit);
}

/** The token in the URL becomes a cookie; the page takes it out of the address bar. */
function enter({ assets, secrets }: Site, { url, response }: Visit): void {
  if (isSame(url.searchParams.get('token') ?? '', secrets.token)) {
    response.setHeader('set-cookie', cookieLine(secrets));
    sendAsset(assets, '/', response);
  } else say(response, 401, 'This token is not of the lab that runs now. Use its newest URL.');
}

async function show({ site, parts }: Served, visit: Visit): Promise<void> {
  const { pathname, searchParams } = visit.url;
  const person = searchParams.get('as') ?? '';
  if (pathname === '/events') return await openStream({ site, parts }, person, visit.response);
  if (pathname === '/file') {
    const wanted = { person, id: searchParams.get('id') ?? '' };
    return await sendFile(parts.lab, wanted, visit.response);
  }
  sendAsset(site.assets, pathname, visit.response);
}

function sendAsset({ files }: Assets, path: string, response: ServerResponse): void {
  const asset = files.get(path);
  if (asset) {
    response.writeHead(200, { 'content-type': asset.type });
    response.end(asset.body);
  } else say(response, 404, 'There is no such page.');
}

async function openStream(
  { site, parts }: Served,
  person: string,
  response: ServerResponse,
): Promise<void> {
  const { id } = personOf(person);
  if (site.streams.size >= STREAMS_MAX) return say(response, 503, 'Too many pages are open.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  site.streams.add(response);
  try {
    const signal = AbortSignal.any([gone.signal, site.ended]);
    await tellLive(parts, { person: id, response }, signal);
  } finally {
    site.streams.delete(response);
  }
}

async function act({ parts }: Served, { request, response, url }: Visit): Promise<void> {
  const [, area, name = ''] = url.pathname.split('/');
  const ask = area === 'api' ? REQUESTS.get(name) : undefined;
  if (!ask) return say(response, 404, 'There is no such request.');
  if (request.headers['content-type'] !== 'application/json') {
    return say(response, 415, 'JSON only.');
  }
  const body = await bodyOf(request);
  if (body === undefined) return say(response, 413, `At most ${BODY_BYTES_MAX} bytes.`);
  const result = await ask(parts, JSON.parse(body));
  sendJson(response, 200, result ?? null);
}

/** `undefined` when it is too long; the connection stays open for the answer that says so. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const pieces: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of pieces) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function fail(response: ServerResponse, error: unknown): void {
  const isMalformed = error instanceof z.ZodError || error instanceof SyntaxError;
  const isRefused = error instanceof Problem || isMalformed;
  sendJson(response, isRefused ? 400 : 500, failureOf(error, isMalformed));
}

function failureOf(error: unknown, isMalformed: boolean): Failure {
  if (error instanceof Problem) return textOf(error);
  return {
    text: isMalformed ? 'The page asked for something malformed.' : String(error),
    remedy: 'Load the page again; if it says so again, look at the logs of the lab.',
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function say(response: ServerResponse, status: number, line: string): void {
  // The rest of a refused body is not read.
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
  });
  response.end(`${line}\n`);
}
