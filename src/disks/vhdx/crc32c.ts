/** CRC-32C (Castagnoli), which VHDX uses. `zlib.crc32` is another polynomial. */

const POLYNOMIAL_REVERSED = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL_REVERSED : remainder >>> 1;
  }
  return remainder;
});

/** The checksum of `bytes` with the four bytes at `checksumAt` taken as zeros, as VHDX wants it. */
export function crc32cWithoutField(bytes: Uint8Array, checksumAt: number): number {
  const copy = Uint8Array.from(bytes);
  copy.fill(0, checksumAt, checksumAt + 4);
  return crc32c(copy);
}

/** Of what goes on from bytes whose checksum is `before`. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = before ^ 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
