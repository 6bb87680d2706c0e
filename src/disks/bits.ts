/** Runs of bits in sector bitmaps. VHDX numbers the bits of a byte from the lowest, VHD from the highest. */

export type BitOrder = 'lowest first' | 'highest first';

export const bitAt = (bits: Uint8Array, index: number, order: BitOrder = 'lowest first'): number =>
  ((bits[index >> 3] ?? 0) >> shiftOf(index, order)) & 1;

/** The first bit after `from` that differs from it, or `end`. Bytes of equal bits are skipped whole. */
export function endOfBits(
  bits: Uint8Array,
  { from, end }: { readonly from: number; readonly end: number },
  order: BitOrder = 'lowest first',
): number {
  const bit = bitAt(bits, from, order);
  const equalByte = bit === 1 ? 0xff : 0;
  let at = from + 1;
  while (at < end) {
    if ((at & 7) === 0 && bits[at >> 3] === equalByte) at += 8;
    else if (bitAt(bits, at, order) === bit) at += 1;
    else return at;
  }
  return Math.min(at, end);
}

/** Sets the bits from `from` up to and without `end`. */
export function setBits(
  bits: Uint8Array,
  { from, end }: { readonly from: number; readonly end: number },
  order: BitOrder = 'lowest first',
): void {
  for (let bit = from; bit < end; bit++) {
    const isWholeByte = (bit & 7) === 0 && end - bit >= 8;
    if (isWholeByte) {
      const bytes = Math.floor((end - bit) / 8);
      bits.fill(0xff, bit >> 3, (bit >> 3) + bytes);
      bit += bytes * 8 - 1;
    } else {
      bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << shiftOf(bit, order));
    }
  }
}

export function countOnes(bits: Uint8Array): number {
  let ones = 0;
  for (const byte of bits) {
    for (let rest = byte; rest !== 0; rest &= rest - 1) ones++;
  }
  return ones;
}

const shiftOf = (index: number, order: BitOrder): number =>
  order === 'lowest first' ? index & 7 : 7 - (index & 7);
