/** How much room a volume keeps while rounds are open: what the guest writes goes to new files there. */

import type { VolumeFacts } from './host.ts';

export interface SpaceLimits {
  readonly bytesFreeMin: number;
  /** Of the volume, from 0 to 1. The larger of the two counts. */
  readonly shareFreeMin: number;
}

export const SPACE_LIMITS: SpaceLimits = { bytesFreeMin: 10 * 1024 ** 3, shareFreeMin: 0.1 };

/** Below this rounds are given up while there is still room to merge them. */
export const bytesToKeepFree = (
  { bytesTotal }: Pick<VolumeFacts, 'bytesTotal'>,
  { bytesFreeMin, shareFreeMin }: SpaceLimits = SPACE_LIMITS,
): number =>
  // A size that could not be read is NaN.
  Math.max(bytesFreeMin, Math.ceil(bytesTotal * shareFreeMin) || 0);
