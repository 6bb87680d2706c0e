/** Payloads made smaller for the wire, and what arrived made whole again: zstd, each by itself. */

import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib';
import { frameRefused, PAYLOAD_BYTES_MAX } from './frames.ts';

/** Behind the compressed bytes: how many they were. */
const TRAILER_BYTES = 4;
/** Where so much or more is left of a part or the whole, it travels as it is. */
const SHARE_MAX = 0.95;
/** Taken from four places of a payload, to see whether it shrinks at all. */
const SAMPLE_BYTES = 16_384;
const SAMPLE_PLACES = 4;
/** 128 KiB: a larger window gains next to nothing on disks, and costs memory at both sides. */
const WINDOW_LOG = 17;
const LEVEL = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: WINDOW_LOG };
/** Whatever a stranger's frame asks for. */
const WINDOW_MAX = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG };
/** zlib wants no smaller chunk; room beyond the result, or it makes memory for a second one. */
const CHUNK_BYTES_MIN = 64;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const sample = Buffer.alloc(SAMPLE_BYTES);

/**
 * Compresses the first `length` bytes of `payload` in place. Returns how many they are now;
 * `undefined` where they do not shrink: then they are as they were.
 */
export async function pack(payload: Buffer, length: number): Promise<number | undefined> {
  const raw = payload.subarray(0, length);
  if (length > SAMPLE_BYTES && !seemsToShrink(raw)) return undefined;
  const packed = await compress(raw, {
    params: LEVEL,
    pledgedSrcSize: length,
    // One pass through the thread pool for each.
    chunkSize: length + CHUNK_BYTES_MIN,
  });
  const packedBytes = packed.length + TRAILER_BYTES;
  const shrinks = packedBytes <= length * SHARE_MAX;
  if (shrinks) {
    payload.writeUInt32LE(length, packed.copy(payload));
  }
  giveBack(packed);
  return shrinks ? packedBytes : undefined;
}

/**
 * Writes what was packed to the front of `into`, where `payload` may lie as well, and returns how
 * many bytes it is.
 * @throws {Problem} stream-frame-refused when it is not what `pack` made, before it takes more
 * memory than any payload has.
 */
export async function unpack(payload: Buffer, into: Buffer): Promise<number> {
  const end = payload.length - TRAILER_BYTES;
  const length = end < 0 ? 0 : payload.readUInt32LE(end);
  if (length === 0 || length > PAYLOAD_BYTES_MAX) throw frameRefused(`${length} bytes, compressed`);
  const unpacked = await decompress(payload.subarray(0, end), {
    params: WINDOW_MAX,
    maxOutputLength: length,
    chunkSize: length + CHUNK_BYTES_MIN,
  }).catch((error: Error) => {
    throw frameRefused(`compressed bytes that are none: ${error.message}`);
  });
  if (unpacked.length !== length) {
    throw frameRefused(`${unpacked.length} bytes where ${length} were compressed`);
  }
  unpacked.copy(into);
  giveBack(unpacked);
  return length;
}

/** At once: the collector lets tens of megabytes of results wait. Small ones share their memory. */
function giveBack({ buffer }: Buffer<ArrayBuffer>): void {
  if (buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}

function seemsToShrink(raw: Buffer): boolean {
  const part = SAMPLE_BYTES / SAMPLE_PLACES;
  const step = Math.floor((raw.length - part) / (SAMPLE_PLACES - 1));
  for (let place = 0; place < SAMPLE_PLACES; place += 1) {
    raw.copy(sample, place * part, place * step, place * step + part);
  }
  const options = { params: LEVEL, pledgedSrcSize: SAMPLE_BYTES, chunkSize: SAMPLE_BYTES };
  return zstdCompressSync(sample, options).length < SAMPLE_BYTES * SHARE_MAX;
}
