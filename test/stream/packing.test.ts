import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PAYLOAD_BYTES_MAX } from '../../src/stream/frames.ts';
import { pack, unpack } from '../../src/stream/packing.ts';
import { MIB, noise } from './world.ts';

/** Compressed by whoever, with what it says of its length behind. */
function claiming(bytes: Buffer, length: number): Buffer {
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32LE(length);
  return Buffer.concat([zstdCompressSync(bytes), trailer]);
}

const text = (bytes: number): Buffer => Buffer.alloc(bytes, 'what a log says again and again; ');
const unpacked = async (payload: Buffer): Promise<Buffer> => {
  const into = Buffer.alloc(PAYLOAD_BYTES_MAX);
  return into.subarray(0, await unpack(payload, into));
};

describe('a payload', () => {
  it('that shrinks is made whole again, in the same memory', async () => {
    const parts = fc.array(fc.tuple(fc.boolean(), fc.nat(200_000)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, async (kinds) => {
        const bytes = kinds.map(([isText, length]) => (isText ? text(length) : noise(length)));
        const raw = Buffer.concat(bytes).subarray(0, PAYLOAD_BYTES_MAX);
        const memory = Buffer.concat([raw, Buffer.alloc(PAYLOAD_BYTES_MAX - raw.length)]);
        const length = await pack(memory, raw.length);
        if (length !== undefined) {
          expect(length).toBeLessThan(raw.length);
          expect(await unpack(memory.subarray(0, length), memory)).toBe(raw.length);
        }
        expect(memory.subarray(0, raw.length).equals(raw)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('of text is a small part of itself, and random bytes stay as they are', async () => {
    expect(await pack(text(MIB), MIB)).toBeLessThan(MIB / 10);
    expect(await pack(noise(MIB), MIB)).toBeUndefined();
    expect(await pack(noise(100), 100)).toBeUndefined();
    // Half of it shrinks.
    expect(await pack(Buffer.concat([noise(MIB / 2), text(MIB / 2)]), MIB)).toBeLessThan(0.6 * MIB);
  });

  it('that is a bomb, or says another length than it has, is refused', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(512 * MIB));
    for (const payload of [
      claiming(Buffer.alloc(PAYLOAD_BYTES_MAX + 1), PAYLOAD_BYTES_MAX + 1),
      claiming(Buffer.alloc(PAYLOAD_BYTES_MAX + 1), PAYLOAD_BYTES_MAX),
      claiming(text(5000), 4999),
      claiming(text(5000), 5001),
      claiming(text(5000), 0),
      claiming(noise(4 * MIB), MIB),
      Buffer.concat([bomb, Buffer.from([0, 0, 16, 0])]),
      Buffer.alloc(3),
      Buffer.alloc(0),
    ]) {
      await expect(unpacked(payload)).rejects.toMatchObject({ code: 'stream-frame-refused' });
    }
  });

  it('that is damaged is refused, or no longer than it says', async () => {
    const raw = Buffer.concat([text(20_000), noise(2000), text(20_000)]);
    const good = claiming(raw, raw.length);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const damaged = Buffer.from(good);
          damaged[at] = (damaged[at] ?? 0) ^ by;
          const length = await unpacked(damaged).then(
            (bytes) => bytes.length,
            (error) => error.code,
          );
          expect([raw.length, 'stream-frame-refused']).toContain(length);
        },
      ),
    );
  });
});
