/** What of the sources a worker reaches: from `src/cli.js` along its imports, without the lab. */

import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { writeJson } from './sums.ts';

const ENTRY = 'src/cli.js';
/** Loaded only where they are there (src/cli.js), or where the settings name a lab (src/hosts/open.ts). */
const LEFT_OUT = ['src/lab/', 'src/hosts/lab/', 'src/cli/lab.ts'];
/** Not modules, so that no import names them. */
const SCRIPTS = 'src/hosts/hyperv/scripts';
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+|new URL\(\s*)'(\.[^']+)'/g;
const FILES_MAX = 5000;

/** Copies sources, scripts and what the package is, to `stage`. */
export async function addSources(root: string, stage: string): Promise<void> {
  const files = [...(await reached(root)), ...(await scriptsOf(root))];
  for (const file of files) await copyTo(stage, root, file);
  for (const name of ['windows', 'service']) {
    const from = join(root, 'src/packaging', name);
    await cp(from, name === 'windows' ? stage : join(stage, name), { recursive: true });
  }
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { name, version, description, license, type, engines } = own;
  const slim = { name, version, description, private: true, license, type, engines };
  await writeJson(join(stage, 'package.json'), slim);
}

/** Paths from the root, with `/`. What is left out is reached by dynamic imports alone. */
async function reached(root: string): Promise<string[]> {
  const found = new Set([ENTRY]);
  for (const file of found) {
    if (found.size > FILES_MAX) throw new Error(`More than ${FILES_MAX} sources`);
    if (!/\.[jt]s$/.test(file)) continue;
    for (const [, name = ''] of (await readFile(join(root, file), 'utf8')).matchAll(IMPORT)) {
      const next = relative(root, join(root, dirname(file), name)).replaceAll(sep, '/');
      const isLeftOut = LEFT_OUT.some((place) => next.startsWith(place));
      if (!isLeftOut && next !== 'package.json') found.add(next);
    }
  }
  return [...found];
}

async function scriptsOf(root: string): Promise<string[]> {
  return (await readdir(join(root, SCRIPTS))).map((name) => `${SCRIPTS}/${name}`);
}

async function copyTo(stage: string, root: string, file: string): Promise<void> {
  await mkdir(dirname(join(stage, file)), { recursive: true });
  await cp(join(root, file), join(stage, file));
}
