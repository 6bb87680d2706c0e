/** What package-lock.json says a Windows host needs. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.looseObject({
  version: z.string().optional(),
  /** Of development alone; what an optional dependency needs as well has another mark. */
  dev: z.literal(true).optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
});
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });

/** As npm compares: without a list everything fits. */
const fits = (names: readonly string[] | undefined, name: string): boolean =>
  names === undefined || names.includes(name);

export async function packagesOfLock(root: string) {
  const { packages } = lockSchema.parse(
    JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')),
  );
  const all = Object.entries(packages).filter(([path]) => path !== '');
  const isDevelopment = ([, { dev }]: (typeof all)[number]) => dev ?? false;
  const production = all
    .filter((entry) => !isDevelopment(entry))
    .filter(([, { os, cpu }]) => fits(os, 'win32') && fits(cpu, 'x64'));
  return {
    /** Paths such as `node_modules/a`. */
    production: production.map(([path]) => path),
    development: all.filter(isDevelopment).map(([path]) => path),
    versions: new Map(all.map(([path, { version }]) => [path, version])),
  };
}
