/**
 * The link between workers: TLS 1.3 in which each side knows the other by its pinned public key.
 * One listener serves two protocols, told apart by ALPN: the stream, and hosts' questions.
 *
 * No authority signs the certificates, so Node's own check of them is off and ours takes its place:
 * the handshake proves that the peer holds the private key, and the key must be the pinned one.
 */

import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, OnReadOpts, Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createServer,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { Problem, Verdict } from '../domain/problem.ts';

/** A process's own key and the certificate of it. */
export interface LinkKeys {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a peer listens and the key that it must hold: SPKI DER in base64, or what is known of it. */
export interface Peer {
  readonly address: Address;
  readonly publicKey: string | KnownKey;
}

export interface KnownKey {
  readonly fingerprint: string;
  readonly fingerprintOf: (publicKey: string) => string;
}

const PROTOCOLS = ['ferry-stream', 'http/1.1'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Takes over a socket in the same turn: it has no listeners yet, also none for 'error'. */
export type OnSocket = (socket: TLSSocket, peerPublicKey: string) => void;

export interface ListenOptions {
  readonly identity: LinkKeys;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  isKnown(publicKey: string): boolean | Promise<boolean>;
  readonly onStream: OnSocket;
  readonly onQuestion: OnSocket;
  /** Why a connection was refused, for the log. */
  onRefused(refusal: { readonly remote: string; readonly reason: string }): void;
}

export interface Listening {
  readonly address: Address;
  /** Also ends every connection. */
  close(): Promise<void>;
}

export interface DialOptions {
  readonly identity: LinkKeys;
  readonly peer: Peer;
  readonly alpn: Protocol;
  /** Reads into the caller's own buffer: a third of the receiver's CPU. */
  readonly onread?: OnReadOpts;
  /** Until the peer's key has been checked. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

const CONNECTIONS_MAX = 128;
const HANDSHAKE_SECONDS_MAX = 10;
/** Notices within minutes that a host lost its power, on a connection that is silent otherwise. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 10_000, noDelay: true } as const;

const tlsOptions = ({ certificatePem, privateKeyPem }: LinkKeys) =>
  ({
    cert: certificatePem,
    key: privateKeyPem,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_128_GCM_SHA256',
    rejectUnauthorized: false,
  }) as const;

/** @throws {Problem} link-cannot-listen {host, port, reason} */
export async function listen(options: ListenOptions): Promise<Listening> {
  const server = createServer({
    ...tlsOptions(options.identity),
    ...KEEP_ALIVE,
    requestCert: true,
    ALPNProtocols: [...PROTOCOLS],
    handshakeTimeout: HANDSHAKE_SECONDS_MAX * 1000,
  });
  server.maxConnections = CONNECTIONS_MAX;
  // By their remote end, so that a TLS socket replaces the bare one that it wraps: destroying both
  // within one of OpenSSL's callbacks crashes the process (Node 24.21).
  const sockets = new Map<string, Socket>();
  const track = (socket: Socket): void => {
    const remote = remoteOf(socket);
    sockets.set(remote, socket);
    socket.once('close', () => {
      if (sockets.get(remote) === socket) sockets.delete(remote);
    });
  };
  server.on('connection', track);
  server.on('secureConnection', (socket: TLSSocket) => {
    track(socket);
    void admit(socket, options);
  });
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    options.onRefused({ remote: remoteOf(socket), reason: error.message });
    socket.destroy();
  });
  server.on('drop', (data) => {
    const reason = `more than ${CONNECTIONS_MAX} connections`;
    options.onRefused({ remote: remoteOf(data ?? {}), reason });
  });
  return {
    address: await bind(server, options),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

/**
 * A connection to the peer, on which nothing was sent before its key had been checked. Whether the
 * peer accepts *our* key shows only in its first answer: in TLS 1.3 the client is ready first.
 * @throws {Verdict} peer-wrong-key {host, port, expected, found}
 * @throws {Problem} peer-unreachable {host, port, reason}
 */
export async function dial(options: DialOptions): Promise<TLSSocket> {
  const { identity, peer, alpn, onread, timeoutSeconds, signal } = options;
  signal?.throwIfAborted();
  let isPeer = false;
  // Node takes `onread` here as well, but its types know it only for plain sockets.
  const connection: ConnectionOptions & { onread?: OnReadOpts } = {
    ...tlsOptions(identity),
    ...KEEP_ALIVE,
    host: peer.address.host,
    port: peer.address.port,
    ALPNProtocols: [alpn],
    // Bytes that come with the end of the handshake wait for nobody: a stranger's are dropped.
    ...(onread && {
      onread: { ...onread, callback: (count, bytes) => isPeer && onread.callback(count, bytes) },
    }),
  };
  const socket = connect(connection);
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const fail = (error: unknown): void => {
    reject(error);
    socket.destroy();
  };
  const onError = (cause: Error): void => fail(unreachable(peer.address, cause.message, cause));
  const onClose = (): void => fail(unreachable(peer.address, 'it closed the connection'));
  const onAbort = (): void => fail(signal?.reason);
  const timer = setTimeout(
    () => fail(unreachable(peer.address, `no answer within ${timeoutSeconds} s`)),
    timeoutSeconds * 1000,
  );
  signal?.addEventListener('abort', onAbort, { once: true });
  socket.once('error', onError);
  socket.once('close', onClose);
  socket.once('secureConnect', () => {
    const error = peerError(socket, options);
    if (error) return fail(error);
    isPeer = true;
    resolve(socket);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    socket.off('close', onClose);
    // A refused socket keeps its listener: an error may still arrive while it is being destroyed.
    if (!socket.destroyed) socket.off('error', onError);
  }
}

/** Hands a socket over once its key is known, or ends it. */
async function admit(socket: TLSSocket, options: ListenOptions): Promise<void> {
  const remote = remoteOf(socket);
  const refuse = (reason: string): void => {
    options.onRefused({ remote, reason });
    socket.destroy();
  };
  const onError = (error: Error): void => refuse(error.message);
  socket.on('error', onError);
  const publicKey = publicKeyOf(socket.getPeerX509Certificate());
  if (publicKey === undefined) return refuse('no client certificate');
  try {
    if (!(await options.isKnown(publicKey))) return refuse(`unknown key ${publicKey}`);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (socket.destroyed) return;
  const handOver = { 'ferry-stream': options.onStream, 'http/1.1': options.onQuestion };
  const protocol = PROTOCOLS.find((known) => known === socket.alpnProtocol);
  if (protocol === undefined) return refuse('no protocol asked for');
  socket.off('error', onError);
  handOver[protocol](socket, publicKey);
}

/** What is wrong with the peer at the other end, if anything. */
function peerError(socket: TLSSocket, { peer, alpn }: DialOptions): Error | undefined {
  const shown = publicKeyOf(socket.getPeerX509Certificate()) ?? 'none';
  const { publicKey } = peer;
  const expected = typeof publicKey === 'string' ? publicKey : publicKey.fingerprint;
  const found = typeof publicKey === 'string' ? shown : publicKey.fingerprintOf(shown);
  if (found !== expected)
    return new Verdict('peer-wrong-key', { ...peer.address, expected, found });
  if (socket.alpnProtocol !== alpn) return unreachable(peer.address, `it does not speak ${alpn}`);
  return undefined;
}

function publicKeyOf(certificate: X509Certificate | undefined): string | undefined {
  return certificate?.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

function unreachable(address: Address, reason: string, cause?: unknown): Problem {
  return new Problem('peer-unreachable', { ...address, reason }, { cause });
}

const remoteOf = (end: { remoteAddress?: string | undefined; remotePort?: number | undefined }) =>
  `${end.remoteAddress}:${end.remotePort}`;

async function bind(server: Server, { host, port, onRefused }: ListenOptions): Promise<Address> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('link-cannot-listen', { host, port, reason }, { cause });
  }
  server.off('error', reject);
  server.on('error', (error) => onRefused({ remote: 'any', reason: error.message }));
  const bound = server.address() as AddressInfo;
  return { host: bound.address, port: bound.port };
}
