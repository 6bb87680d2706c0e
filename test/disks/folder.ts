/** A folder for one test's files, removed when the test ends; and what tests do with disks in it. */

import { createHash } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChain } from '../../src/disks/chain.ts';
import type { Extent } from '../../src/disks/disk.ts';
import { Storage } from '../../src/disks/storage.ts';
import { VhdxFile } from '../../src/disks/vhdx/vhdx-file.ts';
import { openForWriting } from '../../src/disks/writer.ts';

export const MIB = 1024 * 1024;
const MEMORY = '/dev/shm';

// Machines that run many suites at once are slow; a test that hangs is still ended. A fuzzer's own
// process has no Jest.
const { jest } = import.meta as { jest?: { setTimeout: (milliseconds: number) => void } };
jest?.setTimeout(120_000);

export interface Folder extends AsyncDisposable {
  readonly path: (name: string) => string;
}

export async function newFolder(): Promise<Folder> {
  const folder = await mkdtemp(join(rootOfFolders(), 'ferry-disks-'));
  return {
    path: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Flushes cost nothing in memory, and here only processes die. Containers may have little of it. */
function rootOfFolders(): string {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > 2 ** 30 ? MEMORY : tmpdir();
}

/** Its length is a prime, so that no two sectors of a disk are alike. */
const NEVER_ZERO = neverZero(65_521);

/** Bytes that differ from place to place and from seed to seed (below 60 000), and are never zero. */
export function pattern(length: number, seed: number): Buffer {
  const rotated = Buffer.concat([NEVER_ZERO.subarray(seed), NEVER_ZERO.subarray(0, seed)]);
  return Buffer.alloc(length, rotated);
}

function neverZero(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = (state >>> 24) | 1;
  }
  return bytes;
}

export async function write(leaf: string, offset: number, data: Uint8Array): Promise<void> {
  await using writer = await openForWriting(leaf);
  await writer.write(offset, data);
  await writer.flush();
}

export async function zero(leaf: string, offset: number, length: number): Promise<void> {
  await using writer = await openForWriting(leaf);
  await writer.zero(offset, length);
  await writer.flush();
}

export async function contentOf(leaf: string): Promise<Buffer> {
  await using disk = await openChain(leaf);
  const content = Buffer.alloc(disk.virtualBytes, 0xee);
  await disk.read(0, content);
  return content;
}

export async function extentsOf(leaf: string, above?: string): Promise<Extent[]> {
  await using disk = await openChain(leaf, above === undefined ? {} : { above });
  return await Array.fromAsync(disk.extents());
}

export async function openVhdx(path: string): Promise<VhdxFile> {
  return await VhdxFile.of(await Storage.open(path, 'r+'));
}

export async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
