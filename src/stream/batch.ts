/**
 * Pieces that were read become data frames: what need not travel is left out, what is zero travels
 * without bytes, and small pieces share a frame.
 */

import type { Extent } from '../disks/disk.ts';
import { BLOCK_BYTES, blockDigest, DIGEST_BYTES, PIECE_BYTES, ZERO_DIGEST } from './blocks.ts';
import { type BlockDigest, listedBlocks, tableBytes, writeTables } from './data-frame.ts';
import type { FrameBuffer } from './frame-buffers.ts';
import { type RoundMode, TABLE_BYTES_MAX } from './frames.ts';
import { extentsWithin, type Piece } from './pieces.ts';

/** A piece with its bytes; of a zero run the buffer is empty. */
export interface ReadPiece {
  readonly piece: Piece;
  readonly buffer: FrameBuffer;
}

/** What of a piece travels: its bytes lie at the front of the buffer. */
export interface Selected {
  readonly buffer: FrameBuffer;
  readonly dataBytes: number;
  readonly extents: Extent[];
  readonly blocks: BlockDigest[];
}

export interface Selection {
  readonly mode: RoundMode;
  /** The target's digests of the piece's blocks, 16 bytes each; by digests only. */
  readonly theirs?: Buffer;
}

/** Moves what travels to the front of the piece's buffer. `digests` has one for each block. */
export function selectBlocks(
  { piece, buffer }: ReadPiece,
  digests: readonly Buffer[],
  { mode, theirs }: Selection,
): Selected {
  const selected = { buffer, dataBytes: 0, extents: [] as Extent[], blocks: [] as BlockDigest[] };
  for (const [index, digest] of digests.entries()) {
    const offset = piece.offset + index * BLOCK_BYTES;
    const length = Math.min(BLOCK_BYTES, piece.offset + piece.length - offset);
    const isZero = digest === ZERO_DIGEST;
    const held = theirs?.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
    if (held === undefined ? mode === 'whole' && isZero : held.equals(digest)) continue;
    selected.blocks.push({ block: offset / BLOCK_BYTES, digest });
    const touched = held === undefined ? extentsWithin(piece.extents, offset) : undefined;
    for (const extent of touched ?? [{ kind: 'data' as const, offset, length }]) {
      const kind = isZero ? 'zero' : extent.kind;
      selected.dataBytes += moveBytes(piece, selected, { ...extent, kind });
      addExtent(selected.extents, { ...extent, kind });
    }
  }
  return selected;
}

/** Only forward in the extents, so only to the front in the buffer: nothing is overwritten unread. */
function moveBytes(
  piece: Piece,
  { buffer, dataBytes }: { buffer: FrameBuffer; dataBytes: number },
  { kind, offset, length }: Extent,
): number {
  if (kind === 'zero') return 0;
  const at = offset - piece.offset;
  if (at !== dataBytes) buffer.payload.copyWithin(dataBytes, at, at + length);
  return length;
}

export function digestsOfPiece({ piece, buffer }: ReadPiece): Buffer[] {
  const digests: Buffer[] = [];
  for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
    digests.push(
      blockDigest(buffer.payload.subarray(at, Math.min(at + BLOCK_BYTES, piece.length))),
    );
  }
  return digests;
}

/** The frame that is being filled. */
export class Batch {
  readonly disk: number;
  readonly virtualBytes: number;
  #filling: Selected | undefined;
  #dataBytes = 0;
  /** Of the disk, up to where everything has been added or need not travel. */
  #end = 0;

  constructor(disk: number, virtualBytes: number) {
    this.disk = disk;
    this.virtualBytes = virtualBytes;
  }

  get end(): number {
    return this.#end;
  }

  get isEmpty(): boolean {
    return this.#filling === undefined;
  }

  /** The piece that ends at `end` is done with; nothing of it has to travel any more. */
  reach(end: number): void {
    this.#end = end;
  }

  hasRoomFor({ dataBytes, extents, blocks }: Selected): boolean {
    if (this.#filling === undefined) return true;
    const tables = tableBytes(
      this.#filling.blocks.length + blocks.length,
      this.#filling.extents.length + extents.length,
    );
    return this.#dataBytes + dataBytes <= PIECE_BYTES && tables <= TABLE_BYTES_MAX;
  }

  /** Takes over the buffer of the first; copies the bytes of others and releases their buffers. */
  add(selected: Selected): void {
    const { buffer, dataBytes, extents, blocks } = selected;
    if (this.#filling === undefined) {
      this.#filling = selected;
      this.#dataBytes = dataBytes;
      return;
    }
    buffer.payload.copy(this.#filling.buffer.payload, this.#dataBytes, 0, dataBytes);
    buffer.release();
    this.#dataBytes += dataBytes;
    for (const extent of extents) addExtent(this.#filling.extents, extent);
    this.#filling.blocks.push(...blocks);
  }

  /** The finished payload; the batch is empty afterwards. */
  finish(): { buffer: FrameBuffer; dataBytes: number; payloadBytes: number } | undefined {
    const filled = this.#filling;
    if (filled === undefined) return undefined;
    this.#filling = undefined;
    const { buffer, extents } = filled;
    const digests = new Map(filled.blocks.map(({ block, digest }) => [block, digest]));
    const blocks = [...listedBlocks(extents, this.virtualBytes)].map((block) => {
      return { block, digest: digests.get(block) ?? ZERO_DIGEST };
    });
    const tables = { disk: this.disk, blocks, extents };
    const dataBytes = this.#dataBytes;
    return { buffer, dataBytes, payloadBytes: writeTables(buffer.payload, dataBytes, tables) };
  }
}

/** Neighbours of one kind are one extent. */
export function addExtent(extents: Extent[], extent: Extent): void {
  const last = extents.at(-1);
  const follows = last?.kind === extent.kind && last.offset + last.length === extent.offset;
  const length = (last?.length ?? 0) + extent.length;
  if (last === undefined || !follows || length > LENGTH_MAX) extents.push(extent);
  else extents[extents.length - 1] = { ...last, length };
}

/** An extent's length travels as 32 bits. */
const LENGTH_MAX = 2 ** 31;
