/** Paths as Windows compares them, on whatever machine they are looked at. */

import { win32 } from 'node:path';

/** The same for two names of one file: neither case nor the kind of slash counts, and `\\?\` says nothing. */
export const pathKey = (path: string): string =>
  win32.normalize(path.replace(/^\\\\\?\\/, '')).toLowerCase();

export const isSamePath = (one: string, other: string): boolean => pathKey(one) === pathKey(other);

/** Where a file lies: on the innermost, for volumes may be mounted on folders of others. */
export function volumeOfPath<Volume extends { readonly path: string }>(
  volumes: readonly Volume[],
  path: string,
): Volume | undefined {
  const key = pathKey(path);
  const around = volumes.filter((volume) => key.startsWith(pathKey(`${volume.path}\\`)));
  return around.toSorted((a, b) => b.path.length - a.path.length)[0];
}
