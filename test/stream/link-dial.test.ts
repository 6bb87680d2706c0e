import { once } from 'node:events';
import { createServer as createPlainServer, type Server } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { type Address, dial } from '../../src/stream/link.ts';
import { closeAfterTest } from '../close-after-test.ts';
import { certified, recordingListener, source, stranger, target } from './link-fixture.ts';

describe('a dialling host', () => {
  it('refuses a peer with another key than the pinned one, and sends and reads nothing', async () => {
    const received: Buffer[] = [];
    const listener = await recordingListener({
      onStream: (socket) => {
        socket.on('error', () => socket.destroy());
        socket.on('data', (bytes) => received.push(bytes));
        socket.write('believe me');
      },
    });
    const read: number[] = [];
    const attempt = dial({
      identity: target,
      peer: { ...listener.peer, publicKey: stranger.publicKey },
      alpn: 'ferry-stream',
      timeoutSeconds: 5,
      onread: { buffer: Buffer.alloc(100), callback: (count) => read.push(count) > 0 },
    });
    await expect(attempt).rejects.toMatchObject({
      name: 'Verdict',
      code: 'peer-wrong-key',
      facts: {
        ...listener.address,
        expected: stranger.publicKey,
        found: source.publicKey,
      },
    });
    await listener.close();
    expect(received).toEqual([]);
    expect(read).toEqual([]);
  });

  it('refuses a peer that sends before its key is checked', async () => {
    // A server that does not ask for a certificate may write as soon as it has finished.
    const server = createServer({ ...certified(stranger), ALPNProtocols: ['ferry-stream'] });
    server.on('secureConnection', (socket) => socket.end('early '.repeat(5000)));
    server.on('tlsClientError', (_, socket) => socket.destroy());
    const address = await bound(server);
    const read: number[] = [];
    const attempt = dial({
      identity: target,
      peer: { address, publicKey: source.publicKey },
      alpn: 'ferry-stream',
      timeoutSeconds: 5,
      onread: { buffer: Buffer.alloc(100), callback: (count) => read.push(count) > 0 },
    });
    await expect(attempt).rejects.toMatchObject({ code: 'peer-wrong-key' });
    expect(read).toEqual([]);
  });

  it('refuses a peer that has the key but not the protocol', async () => {
    const address = await bound(createServer(certified(source)));
    await expect(dialAt(address)).rejects.toMatchObject({
      code: 'peer-unreachable',
      facts: { ...address, reason: 'it does not speak ferry-stream' },
    });
  });

  it('refuses a peer that speaks TLS 1.2 alone', async () => {
    const server = createServer({ ...certified(source), maxVersion: 'TLSv1.2' });
    server.on('tlsClientError', (_, socket) => socket.destroy());
    await expect(dialAt(await bound(server))).rejects.toMatchObject({ code: 'peer-unreachable' });
  });

  it('says when nobody listens, when the peer hangs up, and when it is no TLS', async () => {
    const { address, close } = await recordingListener();
    await close();
    await expect(dialAt(address)).rejects.toMatchObject({
      name: 'Problem',
      code: 'peer-unreachable',
      facts: { ...address, reason: expect.stringContaining('ECONNREFUSED') },
    });
    const hangsUp = await bound(createPlainServer((socket) => socket.destroy()));
    await expect(dialAt(hangsUp)).rejects.toMatchObject({ code: 'peer-unreachable' });
    const talks = await bound(createPlainServer((socket) => socket.end('220 mail\r\n')));
    await expect(dialAt(talks)).rejects.toMatchObject({ code: 'peer-unreachable' });
  });

  it('gives up on a peer that is silent, after the time that it was given', async () => {
    const silent = await bound(createPlainServer((socket) => socket.resume()));
    await expect(dialAt(silent, { timeoutSeconds: 0.05 })).rejects.toMatchObject({
      code: 'peer-unreachable',
      facts: { ...silent, reason: 'no answer within 0.05 s' },
    });
  });

  it('stops when it is told to, before and during the handshake', async () => {
    const silent = await bound(createPlainServer((socket) => socket.resume()));
    const reason = new Error('cancelled');
    const before = AbortSignal.abort(reason);
    await expect(dialAt(silent, { signal: before })).rejects.toBe(reason);
    const controller = new AbortController();
    const attempt = dialAt(silent, { signal: controller.signal });
    controller.abort(reason);
    await expect(attempt).rejects.toBe(reason);
  });
});

const dialAt = (
  address: Address,
  { timeoutSeconds = 5, signal }: { timeoutSeconds?: number; signal?: AbortSignal } = {},
) =>
  dial({
    identity: target,
    peer: { address, publicKey: source.publicKey },
    alpn: 'ferry-stream',
    timeoutSeconds,
    ...(signal && { signal }),
  });

/** Starts a foreign server on a free port; it and its connections end with the test. */
async function bound(server: Server): Promise<Address> {
  const sockets = new Set<{ destroy(): unknown }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterTest(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const bind = server.address();
  if (bind === null || typeof bind === 'string') throw new Error('No port');
  return { host: bind.address, port: bind.port };
}
