/** Random extents as a disk reports them: in order, of whole sectors, not overlapping. */

import fc from 'fast-check';
import type { Extent } from '../../src/disks/disk.ts';

const SECTOR_BYTES = 512;

export function extentsFrom(virtualBytes: number): fc.Arbitrary<Extent[]> {
  const run = fc.record({
    gap: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(600)),
    sectors: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 700 })),
    kind: fc.constantFrom<Extent['kind']>('data', 'zero'),
  });
  return fc.array(run, { minLength: 1, maxLength: 30, size: 'max' }).map((runs) => {
    const extents: Extent[] = [];
    let at = 0;
    for (const { gap, sectors, kind } of runs) {
      const offset = at + gap * SECTOR_BYTES;
      const length = Math.min(sectors * SECTOR_BYTES, virtualBytes - offset);
      if (length <= 0) break;
      extents.push({ kind, offset, length });
      at = offset + length;
    }
    return extents;
  });
}
