/** A small package in the form of the real one: the real installer and keeper, and a worker that a test tells how to be. */

import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addSums, writeJson } from '../../../src/packaging/sums.ts';

const PACKAGING = join(import.meta.dirname, '../../../src/packaging');

/** Makes a key at its first start, as the real one does, and ends when it is asked to. */
const WORKER = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
process.loadEnvFile(process.argv[process.argv.indexOf('--env') + 1]);
const { FERRY_HOST, FERRY_STATE = '', FERRY_BOT } = process.env;
const key = join(FERRY_STATE, 'key');
if (!existsSync(key)) writeFileSync(key, 'KEY-' + Math.random().toString(36).slice(2, 8).toUpperCase());
console.error('worker of ' + FERRY_HOST + ' obeys ' + FERRY_BOT);
console.log(JSON.stringify({ ready: 'worker', host: FERRY_HOST, code: readFileSync(key, 'utf8') }));
const running = setInterval(() => undefined, 1000);
process.once('SIGTERM', () => { console.error('ended as asked'); clearInterval(running); });
`;
const BROKEN = `
console.error('The store cannot be reached\\nStart it.');
process.exitCode = 2;
`;

export interface PackageOptions {
  readonly version: string;
  readonly broken?: boolean;
}

/** Its id. */
export async function makePackage(
  folder: string,
  { version, broken = false }: PackageOptions,
): Promise<string> {
  await mkdir(join(folder, 'src'), { recursive: true });
  await mkdir(join(folder, 'node'));
  await cp(join(PACKAGING, 'windows'), folder, { recursive: true });
  await cp(join(PACKAGING, 'service'), join(folder, 'service'), { recursive: true });
  await writeFile(join(folder, 'src/cli.js'), broken ? BROKEN : WORKER);
  await writeFile(join(folder, 'node/node.exe'), 'MZ');
  await writeJson(join(folder, 'package.json'), { type: 'module' });
  const id = `${version}-00000000`;
  await writeJson(join(folder, 'version.json'), { version, id });
  await addSums(folder);
  return id;
}
