/** The embedded store: PGlite behind a small PostgreSQL server on the loopback address. */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import { type Front, serve } from './connection.ts';
import { type Database, openDatabase } from './database.ts';
import { type Address, codeOf, lockDirectory, readAddress, writeAddress } from './directory.ts';
import { listeners } from './listeners.ts';
import { lock } from './lock.ts';
import { fatalError } from './messages.ts';
import { session } from './session.ts';

export interface EmbeddedOptions {
  /** Everything of the store lies here. */
  readonly directory: string;
  /** Default: the one of the last start, at first a free one. */
  readonly port?: number;
  /** Default: the one of the last start, at first a random one. */
  readonly password?: string;
  /** Where empty databases are kept to be copied, for stores that are made again and again. */
  readonly templates?: string;
}

export interface EmbeddedStore {
  /** With the password; the same after a restart. */
  readonly url: string;
  close(): Promise<void>;
  /** Rejects when the database failed while running. */
  readonly failed: Promise<never>;
}

const CONNECTIONS_MAX = 300;

/**
 * Takes connections at once and answers them when the database is open.
 * @throws Problem `store-directory-in-use`, `store-port-in-use`, `store-address-damaged`,
 * `store-directory-damaged`.
 */
export async function startEmbeddedStore(options: EmbeddedOptions): Promise<EmbeddedStore> {
  const { directory, templates } = options;
  await using cleanUp = new AsyncDisposableStack();
  const unlock = await lockDirectory(directory);
  cleanUp.defer(unlock);
  const kept = await readAddress(directory);
  const password = options.password ?? kept.password;

  const opened = Promise.withResolvers<Awaited<Front['ready']>>();
  const failure = Promise.withResolvers<never>();
  // Who does not wait for them must not end the process by it.
  opened.promise.catch(() => undefined);
  failure.promise.catch(() => undefined);
  const front: Front = {
    password,
    ready: opened.promise,
    lock: lock(),
    listeners: listeners(),
    fail: failure.reject,
  };
  let database: Database | undefined;
  const server = serverFor(front);
  // Clients first: what they have begun is rolled back before the database is closed.
  cleanUp.defer(async () => {
    opened.reject(new Error('The embedded store is closing'));
    await server.close();
    await database?.close();
  });
  const port = await listen(server.server, options.port ?? kept.port, directory);
  await writeAddress(directory, { port, password });
  database = await openDatabase({ directory, startId: randomUUID(), templates });
  opened.resolve({ database, session: session(database, front.listeners) });

  const running = cleanUp.move();
  return {
    url: urlOf({ port, password }),
    failed: failure.promise,
    close: () => running.disposeAsync(),
  };
}

const urlOf = ({ port, password }: Address): string =>
  `postgres://ferry:${encodeURIComponent(password)}@127.0.0.1:${port}/ferry`;

function serverFor(front: Front) {
  const clients = new Map<Socket, Promise<void>>();
  const server = createServer({ noDelay: true }, (socket) => {
    // Errors reach whoever reads the socket; a write to a client that left has no other listener.
    socket.on('error', () => undefined);
    if (clients.size >= CONNECTIONS_MAX) {
      socket.end(fatalError({ code: '53300', message: 'Too many connections' }));
      return;
    }
    clients.set(
      socket,
      serve(socket, front).finally(() => clients.delete(socket)),
    );
  });
  return {
    server,
    async close(): Promise<void> {
      server.close();
      for (const socket of clients.keys()) socket.destroy();
      await Promise.all(clients.values());
    },
  };
}

async function listen(server: Server, port: number, directory: string): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    if (codeOf(cause) !== 'EADDRINUSE') throw cause;
    throw new Problem('store-port-in-use', { port, directory }, { cause });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
  return address.port;
}
