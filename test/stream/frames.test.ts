import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAligned } from '../../src/disks/unbuffered.ts';
import { Problem } from '../../src/domain/problem.ts';
import { controlOf } from '../../src/stream/connection.ts';
import {
  type Control,
  decodeControl,
  encodeControl,
  encodeFrame,
  FRAME_HEADER_BYTES,
  PAYLOAD_BYTES_MAX,
} from '../../src/stream/frames.ts';
import { type Frame, Inbox } from '../../src/stream/inbox.ts';

const MESSAGES: readonly Control[] = [
  { kind: 'hello', version: 1, operation: 'm1', ticket: 'secret' },
  { kind: 'hello', version: 1, operation: 'm1', ticket: 'secret', lane: 7 },
  { kind: 'welcome' },
  {
    kind: 'refused',
    problem: { code: 'stream-ticket-refused', facts: { operation: 'm1' } },
    again: false,
  },
  {
    kind: 'roundBegin',
    epoch: 3,
    round: 1,
    mode: 'changes',
    frozen: 'f1',
    digestsKept: false,
    disks: [{ disk: 'SCSI 0:0', virtualBytes: 2 ** 46 }],
  },
  { kind: 'ready', mode: 'changes', committed: 0, frozen: 'f0', watermarks: [0] },
  { kind: 'checkpoint', disk: 0, offset: 65_536, number: 1, lanes: 8 },
  { kind: 'recorded', disk: 0, offset: 65_536 },
  { kind: 'roundEnd', round: 1, checkpoints: 7 },
  { kind: 'committed', round: 1, digests: ['0'.repeat(64)] },
];

/** Every frame that is whole, read in order, with its payload copied. */
async function framesIn(inbox: Inbox, count: number): Promise<{ kind: string; payload: Buffer }[]> {
  const frames: { kind: string; payload: Buffer }[] = [];
  while (frames.length < count) {
    const frame = await inbox.next();
    frames.push({ kind: frame.kind, payload: Buffer.from(frame.payload) });
    frame.release();
  }
  return frames;
}

const feed = (inbox: Inbox, bytes: Buffer, cut: number): void => {
  for (let at = 0; at < bytes.length; at += cut) inbox.take(bytes.subarray(at, at + cut));
};

describe('frames', () => {
  it.each([1, 7, 17, 4096])('are the same when they come %i bytes at a time', async (cut) => {
    const data = Buffer.alloc(3000, 7);
    const wire = [...MESSAGES.map(encodeControl), encodeFrame('data', data)];
    const inbox = new Inbox();
    feed(inbox, Buffer.concat(wire), cut);
    const frames = await framesIn(inbox, wire.length);
    expect(frames.slice(0, -1).map(({ payload }) => decodeControl(payload))).toEqual(MESSAGES);
    expect(frames.at(-1)).toEqual({ kind: 'data', payload: data });
  });

  it('are not delivered before their last byte, and a cut off one never', async () => {
    const wire = encodeControl({ kind: 'checkpoint', disk: 0, offset: 4096, number: 1, lanes: 1 });
    for (let length = 0; length < wire.length; length += 1) {
      const inbox = new Inbox();
      feed(inbox, wire.subarray(0, length), 5);
      inbox.fail(new Error('The peer ended'));
      await expect(inbox.next()).rejects.toThrow('The peer ended');
    }
  });

  it('that were damaged on their way are refused, whichever bit it was', async () => {
    const wire = encodeFrame('data', Buffer.from('sixteen bytes ok'));
    await fc.assert(
      fc.asyncProperty(fc.nat(wire.length * 8 - 1), async (bit) => {
        const damaged = Buffer.from(wire);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const inbox = new Inbox();
        feed(inbox, damaged, 64);
        // A longer length waits for bytes that never come.
        inbox.fail(new Error('The peer ended'));
        await expect(inbox.next()).rejects.toThrow(/stream-checksum|stream-frame-refused|ended/);
      }),
    );
  });

  it('of an unknown kind or beyond the limit are refused from their header on', async () => {
    const odd = Buffer.alloc(FRAME_HEADER_BYTES);
    odd.writeUInt32LE(9, 0);
    const long = Buffer.alloc(FRAME_HEADER_BYTES);
    long.writeUInt32LE(2, 0);
    long.writeUInt32LE(PAYLOAD_BYTES_MAX + 1, 4);
    for (const header of [odd, long]) {
      const inbox = new Inbox();
      inbox.take(header);
      await expect(inbox.next()).rejects.toThrow(new Problem('stream-frame-refused').code);
    }
  });

  it('that nobody takes stop the socket, and come in order once they are taken', async () => {
    const wire = Buffer.concat(
      Array.from({ length: 30 }, (_, index) => encodeFrame('data', Buffer.alloc(50_000, index))),
    );
    const inbox = new Inbox();
    let paused = false;
    for (let at = 0; at < wire.length && !paused; at += 40_000) {
      paused = !inbox.take(wire.subarray(at, at + 40_000));
    }
    expect(paused).toBe(true);
    const held: Frame[] = [];
    for (let count = 0; count < 8; count += 1) held.push(await inbox.next());
    expect(held.map(({ payload }) => payload[49_999])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('lie so in aligned memory that their bytes can be written past the page cache', async () => {
    const wire = Array.from({ length: 3 }, (_, at) => encodeFrame('data', Buffer.alloc(9000, at)));
    const inbox = new Inbox();
    feed(inbox, Buffer.concat(wire), 777);
    const held = await Promise.all([inbox.next(), inbox.next(), inbox.next()]);
    for (const [at, { payload }] of held.entries()) {
      expect(payload.equals(Buffer.alloc(9000, at))).toBe(true);
      expect(isAligned(payload.subarray(0, 8192), 0)).toBe(true);
    }
  });

  it('of a message that is not ours are refused', () => {
    for (const text of [
      '',
      '{',
      '[]',
      '{"kind":"other"}',
      '{"kind":"checkpoint","disk":-1,"offset":0}',
    ]) {
      expect(() => decodeControl(Buffer.from(text))).toThrow('stream-frame-refused');
    }
    const frame = { kind: 'data', payload: Buffer.alloc(0), whole: Buffer.alloc(0), release() {} };
    expect(() => controlOf(frame as Frame)).toThrow('stream-frame-refused');
  });
});
