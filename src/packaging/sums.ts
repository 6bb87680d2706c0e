/** SHA256SUMS: what every file of the package must be, as `sha256sum --check` and the installer read it. */

import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const FILE = 'SHA256SUMS';

export const digestOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** Every file below a folder, with `/`, in an order that no language of the machine changes. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const strange = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (strange)
    throw new Error(`${join(strange.parentPath, strange.name)} is neither file nor folder`);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** A line for each file. */
export async function sumsOf(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const file of await filesIn(folder)) {
    if (file !== FILE) lines.push(`${digestOf(await readFile(join(folder, file)))}  ${file}\n`);
  }
  return lines.join('');
}

export async function addSums(folder: string): Promise<void> {
  await writeFile(join(folder, FILE), await sumsOf(folder));
}

export async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
