/** How a child names its parent's file, relative as Windows writes it and absolute; both formats do. */

import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

export interface ParentPath {
  readonly relative?: string | undefined;
  readonly absolute?: string | undefined;
}

export function parentPathFor(childPath: string, parentPath: string): ParentPath {
  const absolute = resolve(parentPath);
  const path = relative(dirname(resolve(childPath)), absolute);
  // Between two Windows volumes there is no relative path.
  if (isAbsolute(path)) return { absolute };
  const windowsPath = path.split(sep).join('\\');
  return {
    relative: windowsPath.startsWith('..') ? windowsPath : `.\\${windowsPath}`,
    absolute,
  };
}

/** Where the parent may be, in the order to look. */
export function placesOfParent(childPath: string, named: ParentPath): string[] {
  const paths = [];
  const folder = dirname(childPath);
  if (named.relative !== undefined)
    paths.push(resolve(folder, named.relative.split('\\').join(sep)));
  if (named.absolute !== undefined) paths.push(resolve(folder, named.absolute));
  return paths;
}
