/** A folder as a zip whose bytes depend on its files' names and contents alone. */

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { filesIn } from './sums.ts';

/** The first that a zip can hold; made in local time, which is what it is written in. */
const DATE = new Date(1980, 0, 1);
const MODE = 0o100644;

/** The zip's SHA-256. */
export async function zipFolder(folder: string, file: string): Promise<string> {
  const zip = new ZipFile();
  const options = { mtime: DATE, mode: MODE, forceDosTimestamp: true };
  for (const name of await filesIn(folder)) zip.addFile(join(folder, name), name, options);
  zip.end();
  const failed = new Promise<never>((_, reject) => zip.once('error', reject));
  await Promise.race([pipeline(zip.outputStream, createWriteStream(file)), failed]);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
