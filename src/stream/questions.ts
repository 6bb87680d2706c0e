/**
 * Hosts' questions to each other: JSON over HTTP/1.1 inside the link's TLS, one question a
 * connection. Who asks is known by the pinned key; what is asked is the handlers' to check.
 */

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { type Facts, Problem, toProblemRecord, Verdict } from '../domain/problem.ts';
import { problemSchema } from '../domain/problem-record.ts';
import { createServer, request as httpRequest } from './http.ts';
import {
  type DialOptions,
  dial as dialLink,
  type LinkKeys,
  type OnSocket,
  type Peer,
} from './link.ts';
import { SAMPLE_PATH, sendSample } from './measure.ts';

/** Answers one question. A Problem that it throws is thrown again at the asker. */
export type Handler = (body: unknown, peer: { readonly publicKey: string }) => Promise<unknown>;

export interface Asking {
  readonly identity: LinkKeys;
  readonly peer: Peer;
  /** For connecting, asking and the answer together. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /** Of the link when absent. */
  readonly dial?: (options: DialOptions) => Promise<Socket>;
}

/** The JSON of a question, or of an answer. */
export const MESSAGE_BYTES_MAX = 1024 * 1024;
/** An asker gives up much earlier; this only ends connections that nobody looks after. */
const CONNECTION_SECONDS_MAX = 600;
const PATH = '/questions/';

const replySchema = z.discriminatedUnion('result', [
  z.object({ result: z.literal('answer'), answer: z.unknown() }),
  z.object({
    result: z.literal('problem'),
    problem: problemSchema,
    isVerdict: z.boolean(),
  }),
]);
type Reply = z.infer<typeof replySchema>;

/**
 * Takes over the sockets of the link's `onQuestion`. `handlers` are keyed by the question's name.
 * A bug in a handler reaches the asker as the problem `bug`, and `onBug` with its stack.
 */
export function questionServer(
  handlers: Readonly<Record<string, Handler>>,
  onBug: (question: string, error: unknown) => void,
): OnSocket {
  const peers = new WeakMap<Socket, string>();
  const answer = async (question: string, request: IncomingMessage): Promise<Buffer> => {
    const handler = Object.hasOwn(handlers, question) ? handlers[question] : undefined;
    const publicKey = peers.get(request.socket);
    if (handler === undefined || publicKey === undefined)
      throw new Verdict('question-unknown', { question });
    const text = await readLimited(request, new Verdict('question-too-large', sizeOf(question)));
    const body = parseJson(text, new Verdict('question-malformed', { question }));
    const bytes = encode({
      result: 'answer',
      answer: (await handler(body, { publicKey })) ?? null,
    });
    if (bytes.length <= MESSAGE_BYTES_MAX) return bytes;
    throw new Verdict('answer-too-large', sizeOf(question));
  };
  const failure = (question: string, request: IncomingMessage, error: unknown): Buffer => {
    // A question that broke off is nobody's bug, and nobody waits for its answer.
    if (request.complete && !(error instanceof Problem)) onBug(question, error);
    const isVerdict = error instanceof Verdict;
    return encode({ result: 'problem', problem: toProblemRecord(error), isVerdict });
  };
  const server = createServer((request, response) => {
    if (request.url === SAMPLE_PATH) {
      void sendSample(response).catch((error: unknown) => {
        onBug('sample', error);
        response.destroy();
      });
      return;
    }
    const question = request.url?.startsWith(PATH) ? request.url.slice(PATH.length) : '';
    void answer(question, request)
      .catch((error: unknown) => failure(question, request, error))
      .then((bytes) => {
        const type = { 'content-type': 'application/json', 'content-length': bytes.length };
        response.writeHead(200, { ...type, connection: 'close' }).end(bytes);
      });
  });
  return (socket, peerPublicKey) => {
    peers.set(socket, peerPublicKey);
    const timer = setTimeout(() => socket.destroy(), CONNECTION_SECONDS_MAX * 1000);
    socket.once('close', () => clearTimeout(timer));
    server.emit('connection', socket);
  };
}

/**
 * The peer's answer to the question `name`; its schema is the asker's to check.
 * @throws {Problem} the peer's own, or peer-unreachable | peer-hung-up | peer-silent | answer-malformed
 * @throws {Verdict} the peer's own, or peer-wrong-key | question-too-large | answer-too-large
 */
export async function ask(asking: Asking, name: string, body: unknown): Promise<unknown> {
  const question = Buffer.from(JSON.stringify(body ?? null));
  if (question.length > MESSAGE_BYTES_MAX) throw new Verdict('question-too-large', sizeOf(name));
  const reply = parseReply(await exchange(asking, name, question), {
    ...asking.peer.address,
    question: name,
  });
  if (reply.result === 'answer') return reply.answer;
  const { code, facts } = reply.problem;
  throw reply.isVerdict ? new Verdict(code, facts) : new Problem(code, facts);
}

async function exchange(asking: Asking, name: string, question: Buffer): Promise<string> {
  const { identity, peer, timeoutSeconds, signal, dial = dialLink } = asking;
  const startedAt = performance.now();
  const reached = { identity, peer, alpn: 'http/1.1', timeoutSeconds } as const;
  const socket = await dial(signal ? { ...reached, signal } : reached);
  const timeout = AbortSignal.timeout(
    Math.max(1, Math.ceil(timeoutSeconds * 1000 - (performance.now() - startedAt))),
  );
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = httpRequest({
    createConnection: () => socket,
    method: 'POST',
    path: `${PATH}${name}`,
    host: peer.address.host,
    headers: { 'content-type': 'application/json', 'content-length': question.length },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  request.on('response', resolve).on('error', reject).end(question);
  const tooLarge = new Verdict('answer-too-large', sizeOf(name));
  const where = { ...peer.address, question: name };
  try {
    return await readLimited(await promise, tooLarge);
  } catch (cause) {
    if (cause === tooLarge) throw cause;
    signal?.throwIfAborted();
    if (timeout.aborted) throw new Problem('peer-silent', { ...where, timeoutSeconds }, { cause });
    throw new Problem('peer-hung-up', where, { cause });
  } finally {
    socket.destroy();
  }
}

const encode = (reply: Reply): Buffer => Buffer.from(JSON.stringify(reply));
const sizeOf = (question: string): Facts => ({ question, bytesMax: MESSAGE_BYTES_MAX });

/** The whole body, or `tooLarge` as soon as that is certain. */
async function readLimited(message: IncomingMessage, tooLarge: Verdict): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MESSAGE_BYTES_MAX) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseReply(text: string, where: Facts): Reply {
  const malformed = new Problem('answer-malformed', where);
  const reply = replySchema.safeParse(parseJson(text, malformed));
  if (reply.success) return reply.data;
  throw malformed;
}

function parseJson(text: string, malformed: Problem): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed;
  }
}
