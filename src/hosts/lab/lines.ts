/** Requests and replies as lines of JSON over a local socket: guest control and witness speak it. */

import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { toProblemRecord } from '../../domain/problem.ts';

/** No request or reply of ours is near this long. */
const LINE_BYTES_MAX = 65_536;
const CONNECTIONS_MAX = 64;

/** The other side is not there, or went away in the middle. */
export class LinkLost extends Error {
  readonly code: string | undefined;

  constructor(message: string, cause?: NodeJS.ErrnoException) {
    super(message, { cause });
    this.name = 'LinkLost';
    this.code = cause?.code;
  }
}

export interface LineClient {
  /** One request at a time. @throws LinkLost, also after `seconds` without a reply. */
  ask(request: object, seconds: number): Promise<unknown>;
  close(): void;
}

export interface LineSession {
  /** What is returned is the reply; what is thrown becomes `{ problem }`. */
  reply(request: unknown): Promise<object>;
  closed?(): void;
}

/** @throws LinkLost when nobody listens. */
export async function connectLines(to: NetConnectOpts): Promise<LineClient> {
  const socket = connect(to);
  socket.setNoDelay();
  const lost = Promise.withResolvers<never>();
  // Nobody may be asking when the link breaks; whoever asks next hears of it.
  lost.promise.catch(() => undefined);
  socket.on('error', (error) => lost.reject(new LinkLost('The link failed', error)));
  socket.on('close', () => lost.reject(new LinkLost('The link was closed')));
  const replies: ((line: string) => void)[] = [];
  eachLine(socket, (line) => replies.shift()?.(line));
  await Promise.race([
    new Promise<void>((resolve) => {
      socket.once('connect', resolve);
    }),
    lost.promise,
  ]);
  return {
    close: () => socket.destroy(),
    async ask(request, seconds) {
      const reply = new Promise<string>((resolve) => {
        replies.push(resolve);
      });
      const timer = setTimeout(() => {
        lost.reject(new LinkLost(`No reply in ${seconds} s`));
        socket.destroy();
      }, seconds * 1000);
      try {
        socket.write(`${JSON.stringify(request)}\n`);
        return JSON.parse(await Promise.race([reply, lost.promise]));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** One request over a connection of its own. */
export async function askOnce(
  to: NetConnectOpts,
  request: object,
  seconds: number,
): Promise<unknown> {
  const client = await connectLines(to);
  try {
    return await client.ask(request, seconds);
  } finally {
    client.close();
  }
}

export interface LineServer {
  /** 0 for a local address. */
  readonly port: number;
  /** Stops listening and hangs up on everyone. */
  close(): Promise<void>;
}

/**
 * Requests of one connection are answered in order, those of different ones side by side.
 * @throws the listening error, for example EADDRINUSE.
 */
export async function serveLines(
  at: { path: string } | { port: number; host: string },
  open: () => LineSession,
): Promise<LineServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay();
    const session = open();
    let before: Promise<void> = Promise.resolve();
    eachLine(socket, (line) => {
      before = before.then(() => answer(socket, session, line));
    });
    // A client that was killed is no error of ours; its session ends with `close`.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      session.closed?.();
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, resolve);
  });
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function answer(socket: Socket, session: LineSession, line: string): Promise<void> {
  let reply: object;
  try {
    reply = await session.reply(JSON.parse(line));
  } catch (error) {
    reply = { problem: toProblemRecord(error) };
  }
  if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
}

function eachLine(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_BYTES_MAX) socket.destroy(new Error('The line is too long'));
    for (const line of lines) take(line);
  });
}
