/** The locked production dependencies, as they are on 64-bit Windows. */

import { copyFile, glob, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { npm } from './npm.ts';

/** What no program reads: npm's own notes and links, tests, maps, and TypeScript, which Node refuses here. */
const NEEDLESS = [
  '**/.bin',
  '.package-lock.json',
  '{*,@*/*}/{test,tests,__tests__}',
  '**/*.map',
  '**/*.{ts,mts,cts}',
];

interface Places {
  readonly root: string;
  readonly stage: string;
  /** A folder for npm, deleted by the caller. */
  readonly work: string;
}

/** @throws when the lock and package.json do not agree, or npm cannot fetch what the lock names */
export async function addDependencies({ root, stage, work }: Places): Promise<void> {
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(join(root, name), join(work, name));
  }
  // Scripts of packages would build for this machine.
  const how = ['--omit=dev', '--os=win32', '--cpu=x64', '--ignore-scripts'];
  await npm(['ci', ...how, '--no-audit', '--no-fund'], work);
  const modules = join(stage, 'node_modules');
  await rename(join(work, 'node_modules'), modules);
  const needless = await Array.fromAsync(glob([...NEEDLESS], { cwd: modules }));
  for (const path of needless) await rm(join(modules, path), { recursive: true, force: true });
}
