import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { dial } from '../../src/stream/link.ts';
import { type Asking, ask, MESSAGE_BYTES_MAX } from '../../src/stream/questions.ts';
import { closeAfterTest } from '../close-after-test.ts';
import { answering } from './answering.ts';

describe('a question by a foreign client', () => {
  const raw = async (asking: Asking): Promise<TLSSocket> => {
    const { identity, peer } = asking;
    const socket = await dial({ identity, peer, alpn: 'http/1.1', timeoutSeconds: 5 });
    closeAfterTest(() => socket.destroy());
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const textOf = async (socket: TLSSocket): Promise<string> => {
    let text = '';
    socket.on('data', (bytes) => {
      text += String(bytes);
    });
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
    return text;
  };
  const head = (more: string) => `POST /questions/echo HTTP/1.1\r\nhost: x\r\n${more}\r\n\r\n`;

  it('that is too large never reaches the handler', async () => {
    const heard: unknown[] = [];
    const { asking } = await answering({ echo: async (body) => heard.push(body) });
    const json = JSON.stringify('x'.repeat(MESSAGE_BYTES_MAX));
    const sized = await raw(asking);
    sized.write(head(`content-length: ${json.length}`) + json);
    await textOf(sized);
    const chunked = await raw(asking);
    chunked.write(head('transfer-encoding: chunked'));
    chunked.write(`${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`);
    await textOf(chunked);
    expect(heard).toEqual([]);
    expect(await ask(asking, 'echo', 'small')).toBe(1);
  });

  it('that is no JSON is refused by name', async () => {
    const { asking, bugs } = await answering({ echo: async (body) => body });
    for (const json of ['', '{', 'x']) {
      const socket = await raw(asking);
      socket.write(head(`content-length: ${json.length}`) + json);
      expect(await textOf(socket)).toMatch('question-malformed');
    }
    expect(bugs).toEqual([]);
  });

  it('that comes one byte at a time is answered', async () => {
    const { asking } = await answering({ echo: async (body) => body });
    const socket = await raw(asking);
    for (const byte of Buffer.from(`${head('content-length: 5')}"abc"`))
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    expect(await textOf(socket)).toMatch('"answer":"abc"');
  });

  it('that is no HTTP or breaks off is dropped, and the next one is answered', async () => {
    const { asking, bugs } = await answering({ echo: async (body) => body });
    for (const bytes of ['\0\0\0\0\r\n\r\n', head('content-length: 500')]) {
      const socket = await raw(asking);
      socket.end(bytes);
      await textOf(socket);
    }
    expect(await ask(asking, 'echo', 1)).toBe(1);
    expect(bugs).toEqual([]);
  });
});
