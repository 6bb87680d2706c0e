/** The unit of digests: 64 KiB of the virtual disk. Both sides cut and hash disks the same way. */

import { hash } from 'node:crypto';
import { blake3 } from '@napi-rs/blake-hash';

export const BLOCK_BYTES = 65_536;
/** The first 128 bits of a hash. */
export const DIGEST_BYTES = 16;

const HASHES = {
  blake3: (bytes: Buffer): Buffer => blake3(bytes),
  sha256: (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer'),
} as const;
export type DigestHash = keyof typeof HASHES;
export const DIGEST_HASHES = Object.keys(HASHES) as DigestHash[];
/**
 * What digests are made with. Records name it, so that digests of another hash, kept from before,
 * are never taken for those of another content. With it the protocol's version changes.
 */
export const DIGEST_HASH: DigestHash = 'blake3';
/** Largest part of a disk that is read, sent or written at once. */
export const PIECE_BYTES = 1_048_576;

const ZERO_BLOCK = Buffer.alloc(BLOCK_BYTES);
/** A block of zeros, whatever the hash says: so that holes in a digest file are right. */
export const ZERO_DIGEST = Buffer.alloc(DIGEST_BYTES);

/** The last block of a disk may be shorter. */
export const blockCount = (virtualBytes: number): number => Math.ceil(virtualBytes / BLOCK_BYTES);

/** At most one block. */
export function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && ZERO_BLOCK.subarray(0, bytes.length).equals(bytes);
}

/** The digest of one block, as it lies in digest files. */
export function blockDigest(bytes: Buffer, by = DIGEST_HASH): Buffer {
  return isZero(bytes) ? ZERO_DIGEST : HASHES[by](bytes).subarray(0, DIGEST_BYTES);
}

/** Where the block that holds `offset` begins. */
export const blockStart = (offset: number): number => offset - (offset % BLOCK_BYTES);

/** Where the block that ends at or after `end` ends; the disk's end ends its last block. */
export function blockEnd(end: number, virtualBytes: number): number {
  return Math.min(Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES, virtualBytes);
}
