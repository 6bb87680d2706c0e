/** `ferry disk map`: the extents of a disk as they are found, so that memory does not grow with them. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openChain } from '../disks/chain.ts';
import type { Extent } from '../disks/disk.ts';

interface Mapped {
  readonly offset: number;
  readonly length: number;
  readonly kind: Extent['kind'] | 'absent';
}

/** How much is handed on at a time. */
const BATCH_CHARACTERS = 16 * 1024;

/** Of the whole chain whose leaf is named; in order and without gaps, from 0 to the disk's end. */
export async function printMap(leafPath: string, json: boolean): Promise<void> {
  const lines = json ? inJson(leafPath) : inWords(leafPath);
  try {
    await pipeline(Readable.from(inBatches(lines)), process.stdout, { end: false });
  } catch (error) {
    // Whoever reads has enough: `disk map … | head`.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

async function* inWords(leafPath: string): AsyncGenerator<string> {
  for await (const { offset, length, kind } of mapOf(leafPath))
    yield `${offset} ${length} ${kind}\n`;
}

async function* inJson(leafPath: string): AsyncGenerator<string> {
  let before = '[\n';
  for await (const extent of mapOf(leafPath)) {
    yield `${before}${JSON.stringify(extent)}`;
    before = ',\n';
  }
  yield '\n]\n';
}

async function* mapOf(leafPath: string): AsyncGenerator<Mapped> {
  await using disk = await openChain(leafPath);
  let end = 0;
  for await (const { offset, length, kind } of disk.extents()) {
    if (offset > end) yield { offset: end, length: offset - end, kind: 'absent' };
    yield { offset, length, kind };
    end = offset + length;
  }
  const rest = disk.virtualBytes - end;
  if (rest > 0) yield { offset: end, length: rest, kind: 'absent' };
}

async function* inBatches(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  let batch = '';
  for await (const line of lines) {
    batch += line;
    if (batch.length < BATCH_CHARACTERS) continue;
    yield batch;
    batch = '';
  }
  yield batch;
}
