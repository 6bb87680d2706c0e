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

/** Windows tells paths apart neither by case nor by the kind of slash. */
export const pathKey = (path: string): string => path.replaceAll('/', '\\').toLowerCase();

/** Where a file lies: on the innermost, for volumes may be mounted on folders of others. */
export function volumeOfPath<Volume extends { readonly path: string }>(
  volumes: readonly Volume[],
  path: string,
): Volume | undefined {
  const key = pathKey(path);
  const around = volumes.filter((volume) =>
    key.startsWith(`${pathKey(volume.path).replace(/\\+$/, '')}\\`),
  );
  return around.toSorted((a, b) => b.path.length - a.path.length)[0];
}
