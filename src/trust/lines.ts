/**
 * An append-only file of JSON lines in which every append is one line, flushed before it counts.
 * So a crash can only spoil the last line, on which nobody relied yet: it is dropped when read and
 * cut off before the next append.
 */

import { constants, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import { isMissing, syncDirectory } from './files.ts';

/** A journal has hundreds of entries of about 1 KiB. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface Lines<T> {
  readonly values: T[];
  /** Where the next line belongs: everything after it is spoilt. */
  readonly bytes: number;
}

/**
 * Every line that was flushed; none when there is no file.
 * @throws {Problem} memory-damaged {file, line} | memory-full {file}
 */
export async function readLines<T>(file: string, schema: z.ZodType<T>): Promise<Lines<T>> {
  const content = await readIfThere(file);
  const values: T[] = [];
  let bytes = 0;
  for (let end = content.indexOf(NEWLINE); end >= 0; end = content.indexOf(NEWLINE, bytes)) {
    const json = parseJson(content.toString('utf8', bytes, end));
    const isLast = content.indexOf(NEWLINE, end + 1) < 0;
    if (json === undefined && isLast) break;
    const value = schema.safeParse(json);
    if (!value.success) throw new Problem('memory-damaged', { file, line: values.length + 1 });
    values.push(value.data);
    bytes = end + 1;
  }
  return { values, bytes };
}

/**
 * Writes `value` as the line at `bytes`, where the last good line ends, and flushes it.
 * @throws {Problem} memory-full {file} | memory-unwritable {file, reason}
 */
export async function appendLine(file: string, value: unknown, bytes: number): Promise<void> {
  const line = Buffer.from(`${JSON.stringify(value)}\n`);
  if (bytes + line.length > FILE_BYTES_MAX) throw new Problem('memory-full', { file });
  try {
    // Windows cannot shorten a file that is open for appending, so the position is given.
    await using handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    await handle.truncate(bytes);
    for (let written = 0; written < line.length; ) {
      const rest = line.subarray(written);
      written += (await handle.write(rest, 0, rest.length, bytes + written)).bytesWritten;
    }
    await handle.sync();
    if (bytes === 0) await syncDirectory(dirname(file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('memory-unwritable', { file, reason }, { cause });
  }
}

async function readIfThere(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > FILE_BYTES_MAX) throw new Problem('memory-full', { file });
    return await readFile(file);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}

/** Undefined for what is no JSON. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
