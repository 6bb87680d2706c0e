import { createHash } from 'node:crypto';

/** Of the digests of a disk's blocks in a row: SHA-256 over the SHA-256 of each page of 4096 of them. */
export function rootOf(digests: Buffer): string {
  const hash = createHash('sha256');
  for (let at = 0; at < digests.length; at += 65_536)
    hash.update(
      createHash('sha256')
        .update(digests.subarray(at, at + 65_536))
        .digest(),
    );
  return hash.digest('hex');
}
