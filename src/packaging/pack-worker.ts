/**
 * `npm run pack:worker`: one zip with everything that a worker needs on a Windows host without internet.
 * The same sources and the same lock give the same bytes.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSION } from '../version.ts';
import { addDependencies } from './dependencies.ts';
import { addDocuments, addLicences } from './documents.ts';
import { addRuntime, RUNTIME_VERSION } from './runtime.ts';
import { addSources } from './sources.ts';
import { addSums, digestOf, sumsOf, writeJson } from './sums.ts';
import { zipFolder } from './zip.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PLATFORM = 'win32-x64';
/** Of the digest over all files: enough to tell two builds of one version apart. */
const ID_CHARACTERS = 8;

export interface Packed {
  readonly file: string;
  /** For example `0.1.0-1a2b3c4d`. */
  readonly id: string;
  readonly sha256: string;
}

/** The package of the sources in `root`, as a zip in `folder`. @throws when npm does, and when a package is not the one that the lock or a pinned digest names */
export async function packWorker(folder: string, root: string = ROOT): Promise<Packed> {
  const stage = await mkdtemp(join(tmpdir(), 'ferry-pack-'));
  const work = await mkdtemp(join(tmpdir(), 'ferry-pack-npm-'));
  try {
    await addSources(root, stage);
    await addDependencies({ root, stage, work });
    const nodeLicence = await addRuntime({ root, stage, work });
    await addDocuments(root, stage);
    await addLicences(stage, nodeLicence);
    const id = `${VERSION}-${digestOf(await sumsOf(stage)).slice(0, ID_CHARACTERS)}`;
    const about = { version: VERSION, id, platform: PLATFORM, node: RUNTIME_VERSION };
    await writeJson(join(stage, 'version.json'), about);
    await addSums(stage);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `ferry-worker-${id}-${PLATFORM}.zip`);
    return { file, id, sha256: await zipFolder(stage, file) };
  } finally {
    await rm(stage, { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: join(ROOT, 'dist') } },
  });
  const { file, sha256 } = await packWorker(values.out);
  process.stdout.write(`${relative(process.cwd(), file)}\nSHA-256 ${sha256}\n`);
}
