/** What people read in the package: how to begin, the guide, an example of settings, and all licences. */

import { copyFile, glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VERSION } from '../version.ts';
import { RUNTIME_VERSION } from './runtime.ts';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULE = `\n${'='.repeat(78)}\n`;
const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  author: z.union([z.string(), z.object({ name: z.string() })]).optional(),
});

/** Notepad of older Windows shows lines only so. */
const forWindows = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');

export async function addDocuments(root: string, stage: string): Promise<void> {
  await mkdir(join(stage, 'docs'));
  await copyFile(join(root, '.env.example'), join(stage, 'env.example'));
  const page = 'docs/worker-on-windows.md';
  await copyFile(join(root, page), join(stage, page));
  await writeFile(join(stage, 'README.txt'), forWindows(readme));
}

const readme = `The worker of Ferry ${VERSION}, for Hyper-V hosts with Windows Server 2016 or later.

Nothing is downloaded: Node ${RUNTIME_VERSION} and all that the worker needs is in this folder.

1. Copy env.example to a file with the host's name, for example hv-a.env. Fill in part 1 and part 3, and delete part 2.
2. Start PowerShell as an administrator, and go to this folder.
3. Run, in a domain, with the group-managed service account of the workers:

     powershell -ExecutionPolicy Bypass -File .\\install-worker.ps1 -Install -EnvFile .\\hv-a.env -Account 'CORP\\ferry$'

   Run, without a domain:

     powershell -ExecutionPolicy Bypass -File .\\install-worker.ps1 -Install -EnvFile .\\hv-a.env -LocalAccount

4. The last line that it prints is the command to type in Slack.

With -WhatIf it says what it would do, and does nothing.
docs\\worker-on-windows.md has the rest: the account, upgrade, removal, and where the logs are.
SHA256SUMS has the digest of each file here; the installation checks them. LICENCES.txt has the licences.
`;

/** Of Node, and of each package below node_modules, with the texts that it brings along. */
export async function addLicences(stage: string, nodeLicence: string): Promise<void> {
  const modules = join(stage, 'node_modules');
  const found = await Array.fromAsync(glob('**/package.json', { cwd: modules }));
  const folders = found.map((file) => file.replaceAll('\\', '/').slice(0, -'/package.json'.length));
  const parts = [`Node.js ${RUNTIME_VERSION}, as node/node.exe\n\n${nodeLicence}`];
  for (const folder of folders.filter(isPackage).sort((a, b) => (a < b ? -1 : 1))) {
    parts.push(await licenceOf(modules, folder));
  }
  await writeFile(join(stage, 'LICENCES.txt'), forWindows(parts.join(RULE)));
}

/** Not the small package.json files that only say how a folder of a package is loaded. */
const isPackage = (folder: string): boolean =>
  /(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/.test(`node_modules/${folder}`);

async function licenceOf(modules: string, folder: string): Promise<string> {
  const text = await readFile(join(modules, folder, 'package.json'), 'utf8');
  const { name, version, license = 'not told', author } = packageSchema.parse(JSON.parse(text));
  const by = typeof author === 'object' ? author.name : author;
  const files = (await Array.fromAsync(glob('*', { cwd: join(modules, folder) }))).filter((file) =>
    LICENCE_FILE.test(file),
  );
  const texts: string[] = [];
  for (const file of files.sort()) texts.push(await readFile(join(modules, folder, file), 'utf8'));
  const title = `${name} ${version}, licence: ${license}${by ? `, by ${by}` : ''}`;
  return [title, ...texts].join('\n\n');
}
