/** What lab disks hold at first: seeded noise, text and runs of zeros, the same on every machine. */

import { createCipheriv, createHash } from 'node:crypto';
import { createDisk } from '../../disks/create.ts';
import { openForWriting } from '../../disks/writer.ts';
import { ringOffset } from './records.ts';

const PIECE_BYTES = 1024 * 1024;
const TEXT =
  'The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs.\n';

export interface LabDiskOptions {
  readonly virtualBytes: number;
  /** How much of it is written, a whole number of MiB that fits below the guest's ring. */
  readonly dataBytes: number;
}

/** Makes a dynamic VHDX; `seed` decides its content and its page 83 identifier. */
export async function createSeededDisk(
  path: string,
  seed: string,
  { virtualBytes, dataBytes }: LabDiskOptions,
): Promise<void> {
  if (dataBytes > ringOffset(virtualBytes)) throw new RangeError(`${path} has no room for a ring`);
  await createDisk(path, { virtualBytes, blockBytes: 2 * PIECE_BYTES, diskId: seededGuid(seed) });
  await using disk = await openForWriting(path);
  const key = createHash('sha256').update(seed).digest();
  const noise = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  const zeros = Buffer.alloc(PIECE_BYTES);
  const text = Buffer.alloc(PIECE_BYTES, TEXT);
  for (let offset = 0; offset < dataBytes; offset += PIECE_BYTES) {
    const kind = key[(offset / PIECE_BYTES) % key.length] ?? 0;
    const piece = kind < 32 ? zeros : kind < 96 ? text : noise.update(zeros);
    await disk.write(offset, piece);
  }
  await disk.flush();
}

export function seededGuid(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  const part = (from: number, to: number) => hex.slice(from, to);
  return [part(0, 8), part(8, 12), `4${part(13, 16)}`, `8${part(17, 20)}`, part(20, 32)].join('-');
}
