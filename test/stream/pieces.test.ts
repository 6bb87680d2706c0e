import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Extent } from '../../src/disks/disk.ts';
import { BLOCK_BYTES, blockCount, PIECE_BYTES } from '../../src/stream/blocks.ts';
import { type Piece, piecesOf, withoutGaps } from '../../src/stream/pieces.ts';
import { extentsFrom } from './extents.ts';

const VIRTUAL_BYTES = 60 * BLOCK_BYTES + 1536;
const SECTOR_BYTES = 512;

async function* iterate(extents: readonly Extent[]): AsyncGenerator<Extent> {
  yield* extents;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const cut = (extents: readonly Extent[], from = 0): Promise<Piece[]> =>
  all(piecesOf(iterate(extents), { virtualBytes: VIRTUAL_BYTES, from }));

/** What each sector is: d(ata), z(ero) or - for absent. */
function sectorsOf(extents: readonly Extent[], from = 0): string {
  const sectors = Buffer.alloc(VIRTUAL_BYTES / SECTOR_BYTES, '-');
  for (const { kind, offset, length } of extents) {
    const first = Math.max(offset, from) / SECTOR_BYTES;
    sectors.fill(kind.slice(0, 1), first, Math.max(first, (offset + length) / SECTOR_BYTES));
  }
  return sectors.toString();
}

describe('pieces', () => {
  it('hold what the extents say, from the watermark on', async () => {
    await fc.assert(
      fc.asyncProperty(
        extentsFrom(VIRTUAL_BYTES),
        fc.nat(blockCount(VIRTUAL_BYTES)),
        async (extents, block) => {
          const from = Math.min(block * BLOCK_BYTES, VIRTUAL_BYTES);
          const pieces = await cut(extents, from);
          const held = pieces.flatMap((piece) => piece.extents);
          expect(sectorsOf(held)).toBe(sectorsOf(extents, from));
        },
      ),
    );
  });

  it('are of whole blocks in order, each block in one piece alone, and never too long', async () => {
    await fc.assert(
      fc.asyncProperty(extentsFrom(VIRTUAL_BYTES), async (extents) => {
        let end = 0;
        for (const piece of await cut(extents)) {
          expect(piece.offset % BLOCK_BYTES).toBe(0);
          expect(piece.offset).toBeGreaterThanOrEqual(end);
          end = piece.offset + piece.length;
          expect(end % BLOCK_BYTES === 0 || end === VIRTUAL_BYTES).toBe(true);
          if (piece.kind === 'blocks') expect(piece.length).toBeLessThanOrEqual(PIECE_BYTES);
          for (const { offset, length } of piece.extents) {
            expect(offset).toBeGreaterThanOrEqual(piece.offset);
            expect(offset + length).toBeLessThanOrEqual(end);
          }
        }
      }),
    );
  });

  it('leave no block to be read of which only zeros are known', async () => {
    const pieces = await cut([{ kind: 'zero', offset: 512, length: VIRTUAL_BYTES - 512 }]);
    expect(pieces.map(({ kind, offset }) => ({ kind, offset }))).toEqual([
      { kind: 'blocks', offset: 0 },
      { kind: 'zero', offset: BLOCK_BYTES },
    ]);
  });

  it('of a disk without gaps cover all of it', async () => {
    await fc.assert(
      fc.asyncProperty(extentsFrom(VIRTUAL_BYTES), async (extents) => {
        const filled = await all(withoutGaps(iterate(extents), VIRTUAL_BYTES));
        expect(sectorsOf(filled)).toBe(sectorsOf(extents).replaceAll('-', 'z'));
      }),
    );
  });
});
