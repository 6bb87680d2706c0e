/** The parts of a disk's file that are no payload: none may lie on another. */

import { overlap, type Range } from '../ranges.ts';
import type { Say } from './findings.ts';

export interface Structure extends Range {
  readonly name: string;
}

/** Says each pair that shares bytes of the file. */
export function checkOverlaps(say: Say, structures: readonly Structure[]): void {
  structures.forEach((one, index) => {
    for (const other of structures.slice(index + 1)) {
      if (!overlap(one, other)) continue;
      const names = { name: one.name, other: other.name };
      say('disk-structures-overlap', { offset: other.offset, value: one.offset, ...names });
    }
  });
}
