import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Extent } from '../../src/disks/disk.ts';
import { BLOCK_BYTES } from '../../src/stream/blocks.ts';
import { listedBlocks, readDataFrame, writeTables } from '../../src/stream/data-frame.ts';
import { extentsFrom } from './extents.ts';

const SHAPE = { virtualBytes: 40 * BLOCK_BYTES + 4096, logicalSectorBytes: 512 };

function encoded(disk: number, extents: readonly Extent[]): { payload: Buffer; dataBytes: number } {
  const dataBytes = extents.reduce(
    (sum, { kind, length }) => sum + (kind === 'data' ? length : 0),
    0,
  );
  const payload = Buffer.alloc(dataBytes + 65_536, 3);
  const blocks = [...listedBlocks(extents, SHAPE.virtualBytes)].map((block) => {
    return { block, digest: Buffer.alloc(16, block + 1) };
  });
  const length = writeTables(payload, dataBytes, { disk, blocks, extents });
  return { payload: payload.subarray(0, length), dataBytes };
}

describe('data frames', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(extentsFrom(SHAPE.virtualBytes), (extents) => {
        const { payload, dataBytes } = encoded(1, extents);
        const frame = readDataFrame(payload, [SHAPE, SHAPE]);
        expect(frame.disk).toBe(1);
        expect(frame.extents).toEqual(extents);
        expect(frame.data.length).toBe(dataBytes);
        for (const { block, digest } of frame.blocks)
          expect(digest).toEqual(Buffer.alloc(16, block + 1));
      }),
    );
  });

  it('with one damaged byte in the tables are refused, or still speak of places within the disk', () => {
    fc.assert(
      fc.property(extentsFrom(SHAPE.virtualBytes), fc.nat(), fc.nat(255), (extents, at, value) => {
        const { payload, dataBytes } = encoded(0, extents);
        const tables = payload.subarray(dataBytes);
        tables[at % tables.length] = value;
        let frame: ReturnType<typeof readDataFrame>;
        try {
          frame = readDataFrame(payload, [SHAPE]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'stream-frame-refused' });
          return;
        }
        for (const { offset, length } of frame.extents) {
          expect(offset + length).toBeLessThanOrEqual(SHAPE.virtualBytes);
        }
      }),
    );
  });

  it('of random bytes are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096, size: 'max' }), (bytes) => {
        expect(() => readDataFrame(Buffer.from(bytes), [SHAPE])).toThrow('stream-frame-refused');
      }),
    );
  });

  const data = (offset: number, length: number): Extent => ({ kind: 'data', offset, length });
  it.each<[string, number, Extent[]]>([
    ['a disk that is not of the round', 1, [data(0, 512)]],
    ['an offset beyond the disk', 0, [data(SHAPE.virtualBytes, 512)]],
    ['an end beyond the disk', 0, [data(SHAPE.virtualBytes - 512, 1024)]],
    ['half a sector', 0, [data(0, 100)]],
    ['extents that overlap', 0, [data(0, 1024), data(512, 1024)]],
    ['extents out of order', 0, [data(4096, 512), data(0, 512)]],
  ])('that name %s are refused', (_, disk, extents) => {
    expect(() => readDataFrame(encoded(disk, extents).payload, [SHAPE])).toThrow(
      'stream-frame-refused',
    );
  });

  it('that leave out the digest of a block, or add one, are refused', () => {
    const extents = [data(0, 512)];
    const digest = Buffer.alloc(16);
    for (const blocks of [[], [0, 1].map((block) => ({ block, digest }))]) {
      const payload = Buffer.alloc(4096);
      const length = writeTables(payload, 512, { disk: 0, blocks, extents });
      const frame = payload.subarray(0, length);
      expect(() => readDataFrame(frame, [SHAPE])).toThrow('stream-frame-refused');
    }
  });
});
