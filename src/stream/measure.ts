/**
 * What a link carries, measured as the stream will use it: the target dials the source, and the
 * source sends bytes for a moment. Mirror halves: `sendSample` answers what `measureLink` asks.
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../domain/problem.ts';
import { request as httpRequest } from './http.ts';
import { dial, type LinkKeys, type Peer } from './link.ts';

export const SAMPLE_PATH = '/sample';
/** Enough for a fast link, and over in a moment on a slow one: whichever comes first ends it. */
const SAMPLE_BYTES_MAX = 32 * 1024 ** 2;
const SAMPLE_SECONDS_MAX = 0.5;
const CHUNK_BYTES = 256 * 1024;
/** The network's slow start and two processors that are cold: no part of a long copy. */
const WARM_UP_BYTES = 4 * 1024 ** 2;
/** A measurement must not become load. */
const SAMPLES_AT_ONCE_MAX = 2;
/** Shorter than this no clock can tell. */
const SECONDS_MIN = 0.001;

/** Random, so that nothing on the way makes it smaller. */
const chunk = randomBytes(CHUNK_BYTES);
let sampling = 0;

/** Sends until enough was sent or time is over; 503 when others are measuring. */
export async function sendSample(response: ServerResponse): Promise<void> {
  if (sampling >= SAMPLES_AT_ONCE_MAX) {
    response.writeHead(503, { connection: 'close' }).end();
    return;
  }
  sampling += 1;
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  try {
    const until = performance.now() + SAMPLE_SECONDS_MAX * 1000;
    response.writeHead(200, { 'content-type': 'application/octet-stream', connection: 'close' });
    for (let sent = 0; sent < SAMPLE_BYTES_MAX && performance.now() < until; sent += CHUNK_BYTES) {
      if (response.write(chunk)) continue;
      await once(response, 'drain', { signal: closed.signal });
    }
    response.end();
  } catch (error) {
    // The other end has measured enough, or is gone.
    if (!closed.signal.aborted) throw error;
  } finally {
    sampling -= 1;
  }
}

export interface MeasureOptions {
  readonly identity: LinkKeys;
  readonly peer: Peer;
  /** For connecting and measuring together. */
  readonly timeoutSeconds: number;
}

/**
 * Bytes a second from the peer to here.
 * @throws {Problem} peer-unreachable | peer-hung-up | peer-silent | peer-busy
 * @throws {Verdict} peer-wrong-key
 */
export async function measureLink(options: MeasureOptions): Promise<number> {
  const { identity, peer, timeoutSeconds } = options;
  const startedAt = performance.now();
  const socket = await dial({ identity, peer, alpn: 'http/1.1', timeoutSeconds });
  const millisecondsLeft = timeoutSeconds * 1000 - (performance.now() - startedAt);
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(millisecondsLeft)));
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = httpRequest({
    createConnection: () => socket,
    path: SAMPLE_PATH,
    host: peer.address.host,
    signal: timeout,
  });
  request.on('response', resolve).on('error', reject).end();
  const where = { ...peer.address, question: 'sample' };
  try {
    const response = await promise;
    if (response.statusCode === 503) throw new Problem('peer-busy', { ...peer.address });
    const rate = response.statusCode === 200 ? await rateOf(response) : undefined;
    if (rate !== undefined) return rate;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (timeout.aborted) throw new Problem('peer-silent', { ...where, timeoutSeconds }, { cause });
    throw new Problem('peer-hung-up', where, { cause });
  } finally {
    socket.destroy();
  }
  throw new Problem('peer-hung-up', where);
}

/** The first piece starts the clock: how long it was under way nobody here can say. */
async function rateOf(response: IncomingMessage): Promise<number | undefined> {
  const marks: { readonly bytes: number; readonly at: number }[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    const at = performance.now();
    bytes += piece.length;
    marks.push({ bytes, at });
    // On a slow link much is still under way when the sender has ended: what came is enough.
    const seconds = (at - (marks[0]?.at ?? at)) / 1000;
    if (bytes >= SAMPLE_BYTES_MAX || seconds >= SAMPLE_SECONDS_MAX) break;
  }
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last || first === last) return undefined;
  // Where little came, nothing is left out.
  const warm = bytes >= 2 * WARM_UP_BYTES ? marks.find((one) => one.bytes >= WARM_UP_BYTES) : first;
  const from = warm ?? first;
  return (last.bytes - from.bytes) / Math.max((last.at - from.at) / 1000, SECONDS_MIN);
}
