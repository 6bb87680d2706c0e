/** Frames with digests of blocks: the target's answer to `digestsWanted`. */

import { DIGEST_BYTES } from './blocks.ts';
import { DIGESTS_MAX, encodeFrame, frameRefused } from './frames.ts';
import type { Frame } from './inbox.ts';

/** [disk u32, block u32, count u32], behind the digests */
const TRAILER_BYTES = 12;

export interface DigestsFrame {
  readonly disk: number;
  readonly block: number;
  /** A copy; 16 bytes for each block. */
  readonly digests: Buffer;
}

/** Digests of `disk` from `block` on; zeros for all of them travel without bytes. */
export function encodeDigests({ disk, block, digests }: DigestsFrame): Buffer {
  const zero = digests.every((byte) => byte === 0);
  const bytes = zero ? 0 : digests.length;
  const payload = Buffer.alloc(bytes + TRAILER_BYTES);
  if (!zero) digests.copy(payload);
  payload.writeUInt32LE(disk, bytes);
  payload.writeUInt32LE(block, bytes + 4);
  payload.writeUInt32LE(digests.length / DIGEST_BYTES, bytes + 8);
  return encodeFrame('digests', payload);
}

/** The digests in a frame; the frame is released. */
export function digestsOf(frame: Frame): DigestsFrame {
  const { payload } = frame;
  if (frame.kind !== 'digests' || payload.length < TRAILER_BYTES) throw frameRefused('odd digests');
  const end = payload.length - TRAILER_BYTES;
  const disk = payload.readUInt32LE(end);
  const block = payload.readUInt32LE(end + 4);
  const count = payload.readUInt32LE(end + 8);
  if (count > DIGESTS_MAX || (end !== 0 && end !== count * DIGEST_BYTES)) {
    throw frameRefused(`${end} bytes for ${count} digests`);
  }
  const digests = Buffer.alloc(count * DIGEST_BYTES);
  payload.copy(digests, 0, 0, end);
  frame.release();
  return { disk, block, digests };
}
