/** Rounds whose frames are compressed: what arrives, what is counted, and what is refused. */

import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { isAligned } from '../../src/disks/unbuffered.ts';
import { encodeFrame, FRAME_HEADER_BYTES } from '../../src/stream/frames.ts';
import { Inbox } from '../../src/stream/inbox.ts';
import { pack } from '../../src/stream/packing.ts';
import type { SentRound } from '../../src/stream/sender.ts';
import { createRateLimit } from '../../src/stream/wrappers/throttled.ts';
import { openRelay } from './relay.ts';
import { MIB, noise, World } from './world.ts';

const compress = 'on';

/** Lines of which no two are alike. */
function text(bytes: number): Buffer {
  const lines: string[] = [];
  for (let length = 0; length < bytes; length += lines.at(-1)?.length ?? 0) {
    lines.push(`${lines.length} was answered with ${lines.length * 7919}\n`);
  }
  return Buffer.from(lines.join('')).subarray(0, bytes);
}

/** A disk of text, noise, and both within each frame. */
async function mixedWorld(): Promise<World> {
  const world = await World.make([40 * MIB]);
  await world.write(0, async (disk) => {
    await disk.write(0, text(8 * MIB));
    await disk.write(12 * MIB, noise(4 * MIB));
    for (let at = 20; at < 26; at += 0.5) {
      await disk.write(at * MIB, at % 1 === 0 ? text(MIB / 2) : noise(MIB / 2));
    }
  });
  return world;
}

async function expectArrived(world: World, sent: SentRound): Promise<void> {
  expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
  const { source, target } = await world.contents();
  expect(target).toEqual(source);
}

describe('a compressed round', () => {
  it('arrives as it is, and both sides count what travelled', async () => {
    await using world = await mixedWorld();
    let bytesReceived = 0;
    await world.receive({
      onProgress: ({ phase, bytesReceived: bytes }) => {
        if (phase === 'receiving') bytesReceived = bytes;
      },
    });
    const sent = await world.send(0, 'whole', { compress });
    await expectArrived(world, sent);
    expect(sent.bytesCarried).toBe(18 * MIB);
    expect(sent.bytesSent).toBeGreaterThan(7 * MIB);
    expect(sent.bytesSent).toBeLessThan(10 * MIB);
    expect(bytesReceived).toBe(sent.bytesSent);
    const plainly = await world.send(1, 'by digests', { compress: 'off' });
    expect(plainly.bytesSent).toBe(0);
  });

  it('of changes is staged, broken off, and goes on with another receiver', async () => {
    await using world = await mixedWorld();
    await world.receive();
    await world.send(0, 'whole', { compress });
    await world.freeze();
    await world.write(0, async (disk) => {
      await disk.write(2 * MIB, text(20 * MIB).reverse());
      await disk.zero(23 * MIB, MIB);
      await disk.write(30 * MIB, noise(2 * MIB));
    });
    const stop = new AbortController();
    const breaking = world.send(1, 'changes', {
      compress,
      limit: createRateLimit(4 * MIB),
      signal: stop.signal,
      onProgress: ({ bytesCarried }) => bytesCarried > 12 * MIB && stop.abort(new Error('cut')),
    });
    await expect(breaking).rejects.toThrow('cut');
    await world.receiver?.[Symbol.asyncDispose]();
    const { receiving } = (await world.copy()).session;
    expect(receiving?.stagedBytes).toBeGreaterThan(MIB);
    await world.receive();
    const sent = await world.send(1, 'changes', { compress });
    await expectArrived(world, sent);
    expect(sent.bytesCarried).toBeLessThan(22 * MIB - (receiving?.watermarks[0] ?? 0) / 2);
  });

  it('goes on after breaks, and when it was damaged on its way', async () => {
    await using world = await mixedWorld();
    let cutAt = 2 * MIB;
    let damaged = false;
    await using relay = await openRelay(
      () => world.port,
      (bytes, { bytesPassed, cut }) => {
        if (!damaged && bytesPassed() > 1000) {
          damaged = true;
          bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        }
        if (bytesPassed() < cutAt) return;
        cutAt += 3 * MIB;
        cut();
      },
    );
    await world.receive({ port: relay.port });
    await expectArrived(world, await world.send(0, 'whole', { compress }));
    expect(world.problems.map(({ code }) => code)).toContain('stream-checksum');
  });

  it('is held to its limit by what travels', async () => {
    await using world = await mixedWorld();
    await world.receive();
    let taken = 0;
    const limit = {
      ...createRateLimit(),
      take: async (bytesMax: number) => {
        taken += bytesMax;
        return bytesMax;
      },
    };
    const sent = await world.send(0, 'whole', { compress, limit });
    expect([taken, taken < 10 * MIB]).toEqual([sent.bytesSent, true]);
  });
});

describe('packed frames', () => {
  it('come in their order, as data that can be written past the page cache', async () => {
    const inbox = new Inbox();
    const frames = await Promise.all(
      Array.from({ length: 30 }, async (_, at) => {
        const raw = Buffer.alloc(9000 + at, `frame ${at}; `);
        if (at % 3 === 0) return encodeFrame('data', raw);
        const payload = Buffer.from(raw);
        return encodeFrame('packed', payload.subarray(0, await pack(payload, raw.length)));
      }),
    );
    inbox.take(Buffer.concat(frames));
    for (const [at, { length }] of frames.entries()) {
      const { kind, payload, whole, wireBytes, release } = await inbox.next();
      const raw = Buffer.alloc(9000 + at, `frame ${at}; `);
      expect([kind, wireBytes, payload.equals(raw)]).toEqual(['data', length, true]);
      expect(isAligned(payload.subarray(0, 8192), 0)).toBe(true);
      // As they are staged.
      expect(whole.equals(encodeFrame('data', raw))).toBe(true);
      expect(whole.length).toBe(FRAME_HEADER_BYTES + raw.length);
      release();
    }
  });

  it('that are none, or a bomb, are refused', async () => {
    const bomb = Buffer.concat([zstdCompressSync(Buffer.alloc(64 * MIB)), Buffer.of(0, 0, 16, 0)]);
    for (const payload of [bomb, noise(1000), Buffer.alloc(0)]) {
      const inbox = new Inbox();
      inbox.take(encodeFrame('packed', payload));
      await expect(inbox.next()).rejects.toMatchObject({ code: 'stream-frame-refused' });
    }
  });
});
