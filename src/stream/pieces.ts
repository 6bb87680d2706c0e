/**
 * Cuts a round's extents into pieces that are read and hashed at once. Pure: no disk is touched.
 *
 * Extents may begin and end at any sector, digests are of whole blocks: a piece covers whole blocks
 * and names the extents in them. Every block that a round touches is in exactly one piece, or is
 * covered whole by one zero run.
 */

import type { Extent } from '../disks/disk.ts';
import { BLOCK_BYTES, blockEnd, blockStart, PIECE_BYTES } from './blocks.ts';

/** One zero run; longer ones are cut, so that a receiver's work on one stays bounded. */
const ZERO_RUN_BYTES_MAX = 1_073_741_824;

export interface Piece {
  /** `blocks` must be read; `zero` is known to be zeros and its offset and end are of blocks. */
  readonly kind: 'blocks' | 'zero';
  readonly offset: number;
  readonly length: number;
  /** In order, all within the piece. */
  readonly extents: readonly Extent[];
}

export interface Cut {
  readonly virtualBytes: number;
  /** Everything before was recorded by the receiver; the begin of a block, or the disk's end. */
  readonly from: number;
}

/** The pieces of `extents`, in order. */
export async function* piecesOf(
  extents: AsyncIterable<Extent>,
  { virtualBytes, from }: Cut,
): AsyncGenerator<Piece> {
  let open: { offset: number; end: number; extents: Extent[] } | undefined;
  for await (const extent of extents) {
    for (const part of partsOf(extent, { virtualBytes, from })) {
      const offset = blockStart(part.offset);
      const end = blockEnd(part.offset + part.length, virtualBytes);
      const joins =
        open !== undefined &&
        !part.whole &&
        offset <= open.end &&
        windowOf(offset) === windowOf(open.offset);
      if (open !== undefined && !joins) {
        yield toPiece(open);
        open = undefined;
      }
      const { kind, length } = part;
      if (part.whole) {
        yield { kind: 'zero', offset, length, extents: [{ kind, offset, length }] };
      } else {
        open ??= { offset, end, extents: [] };
        open.end = end;
        open.extents.push({ kind, offset: part.offset, length });
      }
    }
  }
  if (open !== undefined) yield toPiece(open);
}

/** The same extents with what is absent as zero: for a disk read from its base. */
export async function* withoutGaps(
  extents: AsyncIterable<Extent>,
  virtualBytes: number,
): AsyncGenerator<Extent> {
  let end = 0;
  for await (const extent of extents) {
    if (extent.offset > end) yield { kind: 'zero', offset: end, length: extent.offset - end };
    yield extent;
    end = extent.offset + extent.length;
  }
  if (end < virtualBytes) yield { kind: 'zero', offset: end, length: virtualBytes - end };
}

interface Part extends Extent {
  /** A zero run of whole blocks. */
  readonly whole: boolean;
}

function* partsOf(extent: Extent, { virtualBytes, from }: Cut): Generator<Part> {
  const end = extent.offset + extent.length;
  const offset = Math.max(extent.offset, from);
  if (offset >= end) return;
  if (extent.kind === 'data') {
    yield* windowsOf({ kind: 'data', offset, end });
    return;
  }
  const wholeFrom = Math.min(blockEnd(offset, virtualBytes), end);
  const wholeTo = Math.max(end === virtualBytes ? end : blockStart(end), wholeFrom);
  yield* windowsOf({ kind: 'zero', offset, end: wholeFrom });
  for (let at = wholeFrom; at < wholeTo; at += ZERO_RUN_BYTES_MAX) {
    const length = Math.min(ZERO_RUN_BYTES_MAX, wholeTo - at);
    yield { kind: 'zero', offset: at, length, whole: true };
  }
  yield* windowsOf({ kind: 'zero', offset: wholeTo, end });
}

/** Cut where pieces are cut: at multiples of `PIECE_BYTES`. */
function* windowsOf(range: { kind: Extent['kind']; offset: number; end: number }): Generator<Part> {
  for (let at = range.offset; at < range.end; ) {
    const next = Math.min((windowOf(at) + 1) * PIECE_BYTES, range.end);
    yield { kind: range.kind, offset: at, length: next - at, whole: false };
    at = next;
  }
}

const windowOf = (offset: number): number => Math.floor(offset / PIECE_BYTES);

function toPiece(open: { offset: number; end: number; extents: readonly Extent[] }): Piece {
  return {
    kind: 'blocks',
    offset: open.offset,
    length: open.end - open.offset,
    extents: open.extents,
  };
}

/** The part of `extents` that lies in one block. */
export function extentsWithin(extents: readonly Extent[], offset: number): Extent[] {
  const end = offset + BLOCK_BYTES;
  const within: Extent[] = [];
  for (const extent of extents) {
    const from = Math.max(extent.offset, offset);
    const to = Math.min(extent.offset + extent.length, end);
    if (from < to) within.push({ kind: extent.kind, offset: from, length: to - from });
  }
  return within;
}
