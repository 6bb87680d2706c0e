/**
 * One client of the embedded store. Its messages are gathered up to a Sync or a Query and run as
 * one group under the lock of the only session; the lock is kept while a transaction is open.
 */

import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Database } from './database.ts';
import { codeOf } from './directory.ts';
import type { Listeners } from './listeners.ts';
import type { Lock } from './lock.ts';
import {
  type ClientMessage,
  fatalError,
  int32,
  message,
  messageReader,
  ProtocolError,
  payloadOf,
  startupParameters,
  textsOf,
} from './messages.ts';
import type { Session } from './session.ts';

/** What all clients share. */
export interface Front {
  readonly password: string;
  readonly ready: Promise<{ readonly database: Database; readonly session: Session }>;
  readonly lock: Lock;
  readonly listeners: Listeners;
  /** The database itself failed: nothing more can be served. */
  fail(error: unknown): void;
}

const GROUP_BYTES_MAX = 64 * 1_048_576;
const LOGIN_SECONDS_MAX = 10;
/** Whoever leaves a transaction open holds up everyone. */
const IDLE_IN_TRANSACTION_SECONDS_MAX = 30;
/** TLS and GSS are each asked for once. */
const ENCRYPTION_REQUESTS_MAX = 2;
/** PGlite ends the process at COPY FROM STDIN; the others would touch every client's session. */
const UNSUPPORTED = /\b(copy)\b[^;]*\bfrom\s+stdin\b|^(unlisten|discard|prepare)\b/i;
const DEFAULT_SEARCH_PATH = '"$user", public';

/** Serves until the client leaves or is sent away. Never rejects. */
export async function serve(socket: Socket, front: Front): Promise<void> {
  const client = connection(socket, front);
  const timer = setTimeout(() => socket.destroy(), LOGIN_SECONDS_MAX * 1000);
  try {
    const messages = messagesOf(socket);
    const searchPath = await logIn(messages, { socket, front });
    clearTimeout(timer);
    if (searchPath !== undefined) await client.work(messages, searchPath);
  } catch (error) {
    if (error instanceof ProtocolError) socket.write(fatalError(error));
    else if (!isDisconnect(error)) front.fail(error);
  } finally {
    clearTimeout(timer);
    await client.leave().catch(front.fail);
    socket.destroySoon();
  }
}

/** ECONNRESET, EPIPE, ERR_STREAM_PREMATURE_CLOSE and the like. */
const isDisconnect = (error: unknown): boolean => /^E[A-Z_]+$/.test(codeOf(error));

async function* messagesOf(socket: Socket): AsyncGenerator<ClientMessage, void> {
  const reader = messageReader();
  // The socket stays open for the error that says why we stopped reading.
  const chunks = socket.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) yield* reader.push(chunk as Buffer);
}

/** Answers the startup; the client's search path, or undefined when it has left. */
async function logIn(
  messages: AsyncGenerator<ClientMessage, void>,
  { socket, front }: { socket: Socket; front: Front },
): Promise<string | undefined> {
  let searchPath = DEFAULT_SEARCH_PATH;
  let encryptionRequests = 0;
  for (;;) {
    const { value: received } = await messages.next();
    if (received?.type === 'encryption' && encryptionRequests < ENCRYPTION_REQUESTS_MAX) {
      encryptionRequests += 1;
      socket.write('N');
    } else if (received?.type === 'startup') {
      searchPath = searchPathOf(startupParameters(received).get('options') ?? '');
      socket.write(message('R', int32(3)));
    } else if (received?.type === 'p') {
      checkPassword(received, front.password);
      socket.write(await welcome(front));
      return searchPath;
    } else {
      return undefined;
    }
  }
}

function checkPassword({ bytes }: ClientMessage, password: string): void {
  const given = Buffer.from(textsOf(payloadOf(bytes), 1)[0] ?? '');
  const wanted = Buffer.from(password);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new ProtocolError('28P01', 'The password of the embedded store is wrong');
}

async function welcome({ ready }: Front): Promise<Buffer> {
  const { database } = await ready;
  const parameters = {
    server_version: database.serverVersion,
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
  };
  return Buffer.concat([
    message('R', int32(0)),
    ...Object.entries(parameters).map(([name, value]) => message('S', name, value)),
    message('K', int32(process.pid), int32(randomInt(2 ** 31))),
    message('Z', Buffer.from('I')),
  ]);
}

/** Startup options as `-c name=value`; only the search path can be a client's own here. */
function searchPathOf(options: string): string {
  const [, name = '', value = ''] = /^\s*-c\s*(\w+)=(.*)$/.exec(options) ?? [];
  if (options.trim() === '') return DEFAULT_SEARCH_PATH;
  if (name === 'search_path' && /^[\w$", ]+$/.test(value)) return value;
  throw new ProtocolError('0A000', `The embedded store does not take the options ${options}`);
}

function connection(socket: Socket, { ready, lock, listeners }: Front) {
  let release: (() => void) | undefined;
  let idle: NodeJS.Timeout | undefined;

  async function run(group: ClientMessage[], searchPath: string): Promise<void> {
    clearTimeout(idle);
    release ??= await lock.acquire();
    // A client that gave up must not find later that its statement was run after all.
    if (socket.destroyed) return;
    const { session } = await ready;
    const messages = Buffer.concat(group.map(({ bytes }) => bytes));
    const sql = group.flatMap(sqlOf);
    const answer = await session.run({ messages, sql, client: socket, searchPath });
    if (answer.inTransaction) {
      idle = setTimeout(() => socket.destroy(), IDLE_IN_TRANSACTION_SECONDS_MAX * 1000);
    } else {
      release();
      release = undefined;
    }
    if (!socket.write(answer.bytes)) await drained(socket);
  }

  return {
    async work(messages: AsyncGenerator<ClientMessage, void>, searchPath: string): Promise<void> {
      let group: ClientMessage[] = [];
      let groupBytes = 0;
      for await (const received of messages) {
        if (received.type === 'X') return;
        refuseUnsupported(received);
        group.push(received);
        groupBytes += received.bytes.length;
        if (groupBytes > GROUP_BYTES_MAX) {
          throw new ProtocolError('54000', `More than ${GROUP_BYTES_MAX} bytes before a Sync`);
        }
        if (received.type !== 'Q' && received.type !== 'S') continue;
        await run(group, searchPath);
        group = [];
        groupBytes = 0;
      }
    },

    async leave(): Promise<void> {
      clearTimeout(idle);
      listeners.remove(socket);
      if (release === undefined) return;
      const { session } = await ready;
      await session.rollBack();
      release();
    },
  };
}

/** Query, Parse, Bind, Describe, Execute, Close, Flush, Sync. */
const KNOWN_TYPES = 'QPBDECHS';

function refuseUnsupported(received: ClientMessage): void {
  if (!KNOWN_TYPES.includes(received.type)) {
    throw new ProtocolError('0A000', `The embedded store does not take messages ${received.type}`);
  }
  const refused = sqlOf(received).find((sql) => UNSUPPORTED.test(sql));
  if (refused !== undefined) {
    throw new ProtocolError('0A000', `The embedded store does not run ${refused.slice(0, 80)}`);
  }
  if (received.type === 'P' && textsOf(payloadOf(received.bytes), 1)[0] !== '') {
    throw new ProtocolError('0A000', 'The embedded store has no named statements');
  }
}

const LEADING_COMMENTS = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/;

/** A Query is its text; a Parse is a name and a text. Comments before the command are left out. */
function sqlOf({ type, bytes }: ClientMessage): string[] {
  if (type !== 'Q' && type !== 'P') return [];
  const sql = textsOf(payloadOf(bytes), type === 'Q' ? 1 : 2).at(-1) ?? '';
  return [sql.replace(LEADING_COMMENTS, '')];
}

/** Until the client has read, or has left. */
async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('drain', resolve).once('close', resolve);
  await promise;
  socket.off('drain', resolve).off('close', resolve);
}
