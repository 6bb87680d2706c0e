/** Small records on this host's own disk: after a power cut the old one is there or the new one. */

import { open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { Verdict } from '../domain/problem.ts';
import { codeOf } from './error-code.ts';

/** Replaces the record; durable when it resolves. One writer at a time. */
export async function writeRecord(path: string, value: unknown): Promise<void> {
  const unfinished = `${path}.new`;
  await using file = await open(unfinished, 'w');
  await file.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
  await file.sync();
  await file.close();
  await rename(unfinished, path);
  await syncDirectory(dirname(path));
}

/**
 * `undefined` where there is none.
 * @throws {Verdict} stream-record-damaged {file}
 */
export async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Verdict('stream-record-damaged', { file: path }, { cause });
  }
}

/** Removes a record, durably; one that is not there is no failure. */
export async function removeRecord(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path));
}

/** Makes a new, renamed or removed name durable. Windows has no such call; NTFS logs names. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(directory, 'r');
  await handle.sync();
}

/** What lies there besides ours stays, and so does its folder. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
