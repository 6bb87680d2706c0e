/** What the embedded store keeps beside its data: who uses the directory, and its address. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';

const ATTEMPTS_MAX = 3;

/**
 * Makes the directory if needed and locks it for this process; the answer gives it back. A lock
 * whose process is dead is taken.
 * @throws Problem `store-directory-in-use`.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, 'store.lock');
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    if (await createLock(file)) return () => rm(file, { force: true });
    const pid = Number(await textOf(file));
    if (isAlive(pid)) throw new Problem('store-directory-in-use', { directory, pid, file });
    // Two who both find a dead one: the port, which both would take, lets only one go on.
    await rm(file, { force: true });
  }
  throw new Problem('store-directory-in-use', { directory, pid: 0, file });
}

async function createLock(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${process.pid}`);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Port and password stay the same over restarts, since clients come back to the same URL. */
export interface Address {
  /** 0 until one was given by the system. */
  readonly port: number;
  readonly password: string;
}

const AddressShape = z.object({ port: z.int().min(0).max(65_535), password: z.string().min(20) });
const PASSWORD_BYTES = 24;

const addressFile = (directory: string) => path.join(directory, 'store.json');

/** @throws Problem `store-address-damaged`. */
export async function readAddress(directory: string): Promise<Address> {
  const file = addressFile(directory);
  const text = await textOf(file);
  if (text === '') return { port: 0, password: randomBytes(PASSWORD_BYTES).toString('base64url') };
  try {
    return AddressShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new Problem('store-address-damaged', { file }, { cause });
  }
}

/** Only this user may read it (on Windows: whoever may read the directory). */
export async function writeAddress(directory: string, address: Address): Promise<void> {
  const file = addressFile(directory);
  const written = `${file}.new`;
  await rm(written, { force: true });
  {
    await using handle = await open(written, 'wx', 0o600);
    await handle.writeFile(JSON.stringify(address));
    await handle.sync();
  }
  await rename(written, file);
}

/** Empty when there is none. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** A system error's code, for example `ENOENT`; empty for everything else. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
