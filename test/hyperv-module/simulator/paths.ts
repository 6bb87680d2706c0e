/** Paths as Windows shows them, and where they really lie: shares and cluster volumes are folders here. */

import { resolve } from 'node:path';
import type { SharedStorage } from './kept.ts';

export function shownPath(storage: readonly SharedStorage[], path: string): string {
  for (const { name, folder } of storage) {
    if (path === folder || path.startsWith(`${folder}/`))
      return name + path.slice(folder.length).replaceAll('/', '\\');
  }
  return path;
}

export function realPath(storage: readonly SharedStorage[], path: string): string {
  for (const { name, folder } of storage) {
    const rest = path.slice(name.length);
    if (path.toLowerCase().startsWith(name.toLowerCase()) && /^([\\/]|$)/.test(rest))
      return folder + rest.replaceAll('\\', '/');
  }
  // Scripts for Windows join with backslashes, also where a lab lies on Linux.
  return path.startsWith('/') ? resolve(path.replaceAll('\\', '/')) : path;
}
