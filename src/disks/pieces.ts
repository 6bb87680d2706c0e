/** Reads an extent in pieces of a bounded size, into one buffer. */

import type { DiskReader, Extent } from './disk.ts';

export const PIECE_BYTES_MAX = 4 * 1024 * 1024;

/** The bytes are valid until the next piece is asked for. */
export interface DiskPiece {
  readonly offset: number;
  readonly bytes: Buffer;
}

export async function* piecesOf(
  disk: Pick<DiskReader, 'read'>,
  { offset, length }: Pick<Extent, 'offset' | 'length'>,
): AsyncGenerator<DiskPiece> {
  const buffer = Buffer.allocUnsafe(Math.min(length, PIECE_BYTES_MAX));
  for (let done = 0; done < length; done += buffer.length) {
    const bytes = buffer.subarray(0, Math.min(buffer.length, length - done));
    await disk.read(offset + done, bytes);
    yield { offset: offset + done, bytes };
  }
}
