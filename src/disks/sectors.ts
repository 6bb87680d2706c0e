/** What is written are whole logical sectors of the disk, and none beyond its end. */

import type { Shape } from './layer.ts';

export function expectWholeSectors(
  disk: Pick<Shape, 'virtualBytes' | 'logicalSectorBytes'>,
  offset: number,
  length: number,
): void {
  const { logicalSectorBytes, virtualBytes } = disk;
  const isAligned = offset % logicalSectorBytes === 0 && length % logicalSectorBytes === 0;
  if (!isAligned || offset < 0 || offset + length > virtualBytes)
    throw new RangeError(`${offset} + ${length} are not whole sectors of this disk`);
}
