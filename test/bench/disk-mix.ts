/** The disk that is streamed: 40 % random, 40 % text and 20 % runs of zeros, all of it allocated. */

import { createCipheriv } from 'node:crypto';
import { describeFile } from '../../src/disks/chain.ts';
import { createDisk } from '../../src/disks/create.ts';
import { openForWriting } from '../../src/disks/writer.ts';

const MIB = 1_048_576;
/** What Hyper-V and `createDisk` take: the allocated figure is a whole number of them. */
export const BLOCK_MIB = 32;
/** Every other block stays unallocated, and the rest of the disk as well. */
const VIRTUAL_OF_ALLOCATED = 4;
const KINDS = 'rrttzrrttz';

/** Makes the disk with our own writer; the same bytes each time. Returns the bytes allocated. */
export async function createMixedDisk(path: string, mib: number): Promise<number> {
  if (mib % BLOCK_MIB !== 0) throw new RangeError(`--mib must be a multiple of ${BLOCK_MIB}`);
  await createDisk(path, { virtualBytes: VIRTUAL_OF_ALLOCATED * mib * MIB });
  await fillMixed(path, mib, offsetOf);
  return (await describeFile(path)).allocatedBytes;
}

/** Writes so many MiB of the mix, one after the other unless they are placed otherwise. */
export async function fillMixed(
  path: string,
  mib: number,
  placed: (done: number) => number = (done) => done * MIB,
): Promise<void> {
  await using disk = await openForWriting(path);
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'ferry'), Buffer.alloc(16));
  const zeros = Buffer.alloc(MIB);
  for (let done = 0; done < mib; done += 1) {
    const kind = KINDS[done % KINDS.length];
    const piece = kind === 'r' ? noise.update(zeros) : kind === 't' ? textOf(done) : zeros;
    await disk.write(placed(done), piece);
  }
  await disk.flush();
}

function offsetOf(done: number): number {
  const block = Math.floor(done / BLOCK_MIB);
  return (2 * block * BLOCK_MIB + (done % BLOCK_MIB)) * MIB;
}

/** Lines as in a log, no two alike. */
function textOf(seed: number): Buffer {
  const lines: string[] = [];
  for (let bytes = 0, at = 0; bytes < MIB; at += 1) {
    const line = `2026-11-23 dc02 service[${seed}]: request ${at} was answered with ${at * seed}\n`;
    lines.push(line);
    bytes += line.length;
  }
  return Buffer.from(lines.join('')).subarray(0, MIB);
}
