import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { dial } from '../../src/stream/link.ts';
import { closeAfterTest } from '../close-after-test.ts';
import {
  certified,
  newIdentity,
  type Recorded,
  recordingListener,
  stranger,
  type TestIdentity,
  target,
} from './link-fixture.ts';

const dialled = async (listener: Recorded, identity: TestIdentity = target) => {
  const socket = await dial({
    identity,
    peer: listener.peer,
    alpn: 'ferry-stream',
    timeoutSeconds: 5,
  });
  closeAfterTest(() => socket.destroy());
  return socket;
};

/** Resolves once the peer has ended the connection, in whatever way. */
const ended = async (socket: Socket): Promise<void> => {
  socket.on('error', () => socket.destroy()).resume();
  // Not by `once`, which rejects when an error comes first.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
};

/** TLS as our link does it, but by Node's own client, so that it may do what ours does not. */
const foreign = (listener: Recorded, options: ConnectionOptions): TLSSocket => {
  const { host, port } = listener.address;
  const socket = connect({
    host,
    port,
    rejectUnauthorized: false,
    ALPNProtocols: ['ferry-stream'],
    ...options,
  });
  closeAfterTest(() => socket.destroy());
  return socket;
};

describe('the link', () => {
  it('connects two hosts that pinned each other, by TLS 1.3', async () => {
    const listener = await recordingListener();
    const socket = await dialled(listener);
    socket.write('hello');
    while (listener.streams.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [accepted] = listener.streams;
    expect(accepted?.publicKey).toBe(target.publicKey);
    expect(socket.getProtocol()).toBe('TLSv1.3');
    expect(socket.getCipher().name).toBe('TLS_AES_128_GCM_SHA256');
    const [received] = await once(accepted?.socket ?? socket, 'data');
    expect(String(received)).toBe('hello');
    expect(listener.refusals).toEqual([]);
  });

  it('reads into the caller’s own buffer, all bytes in order', async () => {
    const sent = Buffer.alloc(3_000_000, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
    const listener = await recordingListener({ onStream: (socket) => socket.end(sent) });
    const buffer = Buffer.alloc(65_536);
    const received: Buffer[] = [];
    const buffers = new Set<Uint8Array>();
    const socket = await dial({
      identity: target,
      peer: listener.peer,
      alpn: 'ferry-stream',
      timeoutSeconds: 5,
      onread: {
        buffer,
        callback: (count, bytes) => {
          buffers.add(bytes);
          received.push(Buffer.from(bytes.subarray(0, count)));
          return true;
        },
      },
    });
    await once(socket, 'close');
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    expect([...buffers]).toEqual([buffer]);
  });

  it('waits for an answer about a key that has to be looked up', async () => {
    const looked = Promise.withResolvers<boolean>();
    const listener = await recordingListener({ isKnown: () => looked.promise });
    const socket = await dialled(listener);
    socket.write('early');
    expect(listener.streams).toEqual([]);
    looked.resolve(true);
    while (listener.streams.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [received] = await once(listener.streams[0]?.socket ?? socket, 'data');
    expect(String(received)).toBe('early');
  });

  it('ends all connections and frees its port when it is closed', async () => {
    const listener = await recordingListener();
    const socket = await dialled(listener);
    const plain = connectPlain(listener.address);
    await once(plain, 'connect');
    plain.write(Buffer.from([0x16, 3, 1, 0, 200, 1]));
    const all = [ended(socket), ended(plain)];
    await listener.close();
    await Promise.all(all);
    const again = await recordingListener({ port: listener.address.port });
    expect(again.address).toEqual(listener.address);
  });

  it('says when its port is taken', async () => {
    const { address } = await recordingListener();
    await expect(recordingListener({ port: address.port })).rejects.toMatchObject({
      code: 'link-cannot-listen',
      facts: { host: '127.0.0.1', port: address.port },
    });
  });
});

describe('a listener', () => {
  it('ends the connection of a client whose key is unknown', async () => {
    const listener = await recordingListener();
    await ended(await dialled(listener, stranger));
    expect(await listener.refused()).toBe(`unknown key ${stranger.publicKey}`);
    expect(listener.streams).toEqual([]);
  });

  it('ends the connection of a client that shows another’s certificate without its key', async () => {
    const listener = await recordingListener();
    // A certificate is public. With another key of the same kind OpenSSL refuses to load the pair,
    // so the thief makes a certificate with the same name of its own.
    expect(() =>
      foreign(listener, { cert: target.certificatePem, key: stranger.privateKeyPem }),
    ).toThrow(/key values mismatch/);
    await ended(foreign(listener, certified(newIdentity('hv-b'))));
    expect(await listener.refused()).toMatch('unknown key');
    expect(listener.streams).toEqual([]);
  });

  it('ends the connection of a client without a certificate', async () => {
    const listener = await recordingListener({ isKnown: () => true });
    await ended(foreign(listener, {}));
    expect(await listener.refused()).toBe('no client certificate');
    expect(listener.streams).toEqual([]);
  });

  it('ends the connection when the key cannot be looked up', async () => {
    const listener = await recordingListener({
      isKnown: () => Promise.reject(new Error('no store')),
    });
    await ended(await dialled(listener));
    expect(await listener.refused()).toMatch('no store');
    expect(listener.streams).toEqual([]);
  });

  it('ends the connection of a client that asks for no protocol of ours', async () => {
    const listener = await recordingListener();
    await ended(foreign(listener, { ...certified(target), ALPNProtocols: [] }));
    expect(await listener.refused()).toBe('no protocol asked for');
    const other = foreign(listener, { ...certified(target), ALPNProtocols: ['h2'] });
    await expect(once(other, 'secureConnect')).rejects.toThrow(/no application protocol/);
    expect(listener.streams).toEqual([]);
  });

  it('refuses TLS 1.2', async () => {
    const listener = await recordingListener();
    const old = foreign(listener, { ...certified(target), maxVersion: 'TLSv1.2' });
    await expect(once(old, 'secureConnect')).rejects.toThrow(/protocol version/);
    expect(await listener.refused()).toMatch(/unsupported protocol/);
    expect(listener.streams).toEqual([]);
  });

  it('refuses other ciphers', async () => {
    const listener = await recordingListener();
    const other = foreign(listener, { ...certified(target), ciphers: 'TLS_AES_256_GCM_SHA384' });
    await expect(once(other, 'secureConnect')).rejects.toThrow(/handshake failure/);
    expect(await listener.refused()).toMatch(/no shared cipher/);
  });

  it('survives bytes that are no TLS, and goes on', async () => {
    const listener = await recordingListener();
    for (const garbage of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff'.repeat(9000), '']) {
      const plain = connectPlain(listener.address);
      plain.end(garbage, 'latin1');
      await ended(plain);
    }
    expect(await listener.refused()).not.toBe('');
    await dialled(listener);
    expect(listener.streams.every(({ publicKey }) => publicKey === target.publicKey)).toBe(true);
  });

  it('hands no socket over that closed while its key was looked up', async () => {
    const looked = Promise.withResolvers<boolean>();
    const asked = Promise.withResolvers<void>();
    const listener = await recordingListener({
      isKnown: () => {
        asked.resolve();
        return looked.promise;
      },
    });
    const socket = await dialled(listener);
    await asked.promise;
    await listener.close();
    await ended(socket);
    looked.resolve(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(listener.streams).toEqual([]);
  });
});
