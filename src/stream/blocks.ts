/** The unit of digests: 64 KiB of the virtual disk. Both sides cut and hash disks the same way. */

import { hash } from 'node:crypto';

export const BLOCK_BYTES = 65_536;
/** The first 128 bits of SHA-256. */
export const DIGEST_BYTES = 16;
/** Largest part of a disk that is read, sent or written at once. */
export const PIECE_BYTES = 1_048_576;

const ZERO_BLOCK = Buffer.alloc(BLOCK_BYTES);
/** A block of zeros, whatever SHA-256 says: so that holes in a digest file are right. */
export const ZERO_DIGEST = Buffer.alloc(DIGEST_BYTES);

/** The last block of a disk may be shorter. */
export const blockCount = (virtualBytes: number): number => Math.ceil(virtualBytes / BLOCK_BYTES);

/** At most one block. */
export function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && ZERO_BLOCK.subarray(0, bytes.length).equals(bytes);
}

/** The digest of one block, as it lies in digest files. */
export function blockDigest(bytes: Buffer): Buffer {
  return isZero(bytes) ? ZERO_DIGEST : hash('sha256', bytes, 'buffer').subarray(0, DIGEST_BYTES);
}

/** Where the block that holds `offset` begins. */
export const blockStart = (offset: number): number => offset - (offset % BLOCK_BYTES);

/** Where the block that ends at or after `end` ends; the disk's end ends its last block. */
export function blockEnd(end: number, virtualBytes: number): number {
  return Math.min(Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES, virtualBytes);
}
