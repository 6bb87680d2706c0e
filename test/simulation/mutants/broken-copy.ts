/** A copy of the core and of the simulation in a folder of its own, with one mutant's patches in it. */

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';

const COPIED = [
  'src/domain',
  'src/migration',
  'src/store/store.ts',
  'test/fixtures',
  'test/simulation',
];

export interface BrokenCopy extends AsyncDisposable {
  readonly directory: string;
}

/** @throws Error when a patch does not find its place exactly once: the code has moved on. */
export async function breakCopy(root: string, mutant: Mutant | undefined): Promise<BrokenCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-mutant-'));
  for (const path of COPIED) await cp(join(root, path), join(directory, path), { recursive: true });
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
  for (const { file, find, replace } of mutant?.patches ?? []) {
    const path = join(directory, file);
    const text = await readFile(path, 'utf8');
    const places = text.split(find).length - 1;
    if (places !== 1) throw new Error(`${mutant?.name}: ${places} places in ${file} for ${find}`);
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
