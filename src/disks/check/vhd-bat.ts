/** The block allocation table of a dynamic or differencing VHD: one pass over all of it, in pieces. */

import { overlap } from '../ranges.ts';
import type { Storage } from '../storage.ts';
import { bitmapBytesOf, ENTRY_BYTES, takenPlaces, UNUSED } from '../vhd/bat.ts';
import { SECTOR_BYTES } from '../vhd/footer.ts';
import type { Say } from './findings.ts';
import type { Structure } from './structures.ts';
import type { CheckedFooter } from './vhd-footers.ts';
import type { CheckedHeader } from './vhd-header.ts';

const PIECE_BYTES = 64 * 1024;
const NONE = Buffer.alloc(PIECE_BYTES, 0xff);

export interface VhdParts {
  readonly footer: CheckedFooter;
  readonly header: CheckedHeader;
  /** All of the file that is no payload, with the BAT. */
  readonly structures: readonly Structure[];
}

export async function checkVhdBat(storage: Storage, say: Say, parts: VhdParts): Promise<void> {
  const { table, blockBytes } = parts.header;
  const blocks = Math.ceil(parts.footer.virtualBytes / blockBytes);
  const end = Math.min(table.length, blocks * ENTRY_BYTES);
  const isFree = takenPlaces(storage, bitmapBytesOf(blockBytes) + blockBytes);
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let start = 0; start < end; start += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, end - start));
    await storage.read(table.offset + start, piece, 'BAT');
    if (piece.equals(NONE.subarray(0, piece.length))) continue;
    for (let at = 0; at < piece.length; at += ENTRY_BYTES) {
      const sector = piece.readUInt32BE(at);
      if (sector === UNUSED) continue;
      const offset = table.offset + start + at;
      const range = rangeOf(parts, (start + at) / ENTRY_BYTES, sector);
      const found = { offset, value: range.offset, name: range.name };
      const on = parts.structures.find((structure) => overlap(structure, range));
      if (on !== undefined) say('vhd-block-place', { ...found, on: on.name });
      const { end: endBytes } = parts.footer;
      if (range.offset + range.length > endBytes)
        say('vhd-block-cut', { ...found, length: range.length, endBytes });
      else if (!isFree(range)) say('vhd-block-overlap', found);
    }
  }
}

/** Of the last block only what the disk has: not every program writes it whole. */
function rangeOf({ footer, header }: VhdParts, block: number, sector: number): Structure {
  const { blockBytes } = header;
  const payloadBytes = Math.min(blockBytes, footer.virtualBytes - block * blockBytes);
  const length = bitmapBytesOf(blockBytes) + payloadBytes;
  return { name: `block ${block}`, offset: sector * SECTOR_BYTES, length };
}
