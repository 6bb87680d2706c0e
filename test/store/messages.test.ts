import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ClientMessage,
  int32,
  MESSAGE_BYTES_MAX,
  message,
  messageReader,
  ProtocolError,
  query,
  STARTUP_BYTES_MAX,
  serverMessages,
  startupParameters,
  textsOf,
} from '../../src/store/embedded/messages.ts';

const TLS_REQUEST = Buffer.concat([int32(8), int32(80_877_103)]);

function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  const payload = Buffer.concat([int32(196_608), Buffer.from(`${texts.join('')}\0`)]);
  return Buffer.concat([int32(payload.length + 4), payload]);
}

/** Feeds `bytes` in pieces of the given lengths, the rest at once. */
function read(bytes: Buffer, pieces: readonly number[]): ClientMessage[] {
  const reader = messageReader();
  const messages: ClientMessage[] = [];
  let from = 0;
  for (const length of [...pieces, bytes.length]) {
    messages.push(...reader.push(bytes.subarray(from, from + length)));
    from += length;
  }
  return messages;
}

describe('messages of a client', () => {
  const session = Buffer.concat([
    TLS_REQUEST,
    startup({ user: 'ferry', options: '-c search_path="jobs"' }),
    message('p', 'secret'),
    query('SELECT 1'),
    message('P', '', 'SELECT $1', Buffer.from([0, 0])),
    message('S'),
    query(''),
  ]);
  const types = ['encryption', 'startup', 'p', 'Q', 'P', 'S', 'Q'];

  it('are the same fed whole and one byte at a time', () => {
    const whole = read(session, []);
    expect(whole.map(({ type }) => type)).toEqual(types);
    expect(Buffer.concat(whole.map(({ bytes }) => bytes))).toEqual(session);
    expect(read(session, Array(session.length).fill(1))).toEqual(whole);
  });

  it('are the same however they are cut', () => {
    const whole = read(session, []);
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: session.length, size: 'max' }), (pieces) => {
        expect(read(session, pieces)).toEqual(whole);
      }),
    );
  });

  it('tell the parameters of the startup', () => {
    const [, start] = read(session, []);
    expect(start && [...startupParameters(start)]).toEqual([
      ['user', 'ferry'],
      ['options', '-c search_path="jobs"'],
    ]);
  });

  it('are refused with a length that no message has', () => {
    const started = startup({ user: 'ferry' });
    const lengths = [0, 3, -1, MESSAGE_BYTES_MAX + 1, 0x7fffffff];
    for (const length of lengths) {
      const bytes = Buffer.concat([started, Buffer.from('Q'), int32(length)]);
      expect(() => read(bytes, [])).toThrow(ProtocolError);
    }
    for (const length of [0, 7, -1, STARTUP_BYTES_MAX + 1]) {
      expect(() => read(int32(length), [])).toThrow(ProtocolError);
    }
  });

  it('are refused when they begin with an unknown request', () => {
    for (const request of [0, 131_072, 196_610, 0x47455420]) {
      const bytes = Buffer.concat([int32(8), int32(request)]);
      expect(() => read(bytes, [])).toThrow(ProtocolError);
    }
  });

  it('are refused when a text has no end', () => {
    expect(() => textsOf(Buffer.from('abc\0def'), 2)).toThrow(ProtocolError);
    expect(textsOf(Buffer.from('abc\0def'), 1)).toEqual(['abc']);
  });
});

describe('messages of the database', () => {
  it('are cut where each ends', () => {
    const sent = [message('C', 'SELECT 1'), message('Z', Buffer.from('I'))];
    const output = new Uint8Array(Buffer.concat([Buffer.from('xx'), ...sent])).subarray(2);
    expect(serverMessages(output).map(({ bytes }) => bytes)).toEqual(sent);
    expect(serverMessages(output).map(({ type }) => type)).toEqual(['C', 'Z']);
    expect(serverMessages(new Uint8Array())).toEqual([]);
  });
});
