/**
 * A copy made of disks that lie there already, where the VM left them: they are read once, so that the
 * first round sends only what differs. They stay where they are, and as they are until that round is whole.
 */

import { mkdir, rm } from 'node:fs/promises';
import { openChain } from '../disks/chain.ts';
import type { CopyDisk } from '../domain/copy.ts';
import { Verdict } from '../domain/problem.ts';
import { BLOCK_BYTES, blockCount, blockDigest, DIGEST_BYTES, PIECE_BYTES } from './blocks.ts';
import { committedSchema, placesIn, type SessionDisk, sessionSchema } from './copy-records.ts';
import { openCopy } from './copy-store.ts';
import { DigestFile } from './digest-file.ts';
import { removeIfEmpty, writeRecord } from './record-file.ts';

export interface Adopting {
  readonly vm: { readonly id: string; readonly name: string };
  readonly host: string;
  /** Which operation left them, and when: milliseconds since 1970. */
  readonly operation: string;
  readonly leftAt: number;
  readonly disks: readonly SessionDisk[];
}

const PIECE_BLOCKS = PIECE_BYTES / BLOCK_BYTES;

/**
 * Safe to run again, and does nothing once it is done: then the folder holds a committed copy. A crash
 * or an abort on the way leaves the disks as they are, and a folder in which nothing counts.
 * @throws {Verdict} base-changed {disk, file}: it is not the disk that the VM has
 */
export async function adoptDisks(
  directory: string,
  { vm, host, operation, leftAt, disks }: Adopting,
  signal: AbortSignal,
): Promise<void> {
  if (await openCopy(directory)) return;
  const places = placesIn(directory);
  await rm(places.digests, { recursive: true, force: true });
  await mkdir(places.digests, { recursive: true });
  const held: CopyDisk[] = [];
  for (const [index, disk] of disks.entries()) {
    await using digests = await DigestFile.open(places.digestsOf(index), disk.virtualBytes);
    await digestDisk(disk, digests, signal);
    await digests.sync();
    const { path, virtualBytes } = disk;
    held.push({ disk: disk.disk, path, virtualBytes, digest: await digests.root() });
  }
  const committed = committedSchema.parse({
    ...{ vm, host, operation, round: 0, committedAt: leftAt, disks: held },
    frozen: `left by ${operation}`,
  });
  // Without a session nobody takes the folder for a copy: what was committed comes first.
  await writeRecord(places.committed, committed);
  const session = { vm, host, operation, disks, prepared: true, epochSeen: -1 };
  await writeRecord(places.session, sessionSchema.parse(session));
}

/** What an adoption that was never done left in its folder. */
export async function discardHalfAdopted(directory: string): Promise<void> {
  if (await openCopy(directory)) return;
  const { committed, digests } = placesIn(directory);
  await rm(committed, { force: true });
  await rm(digests, { recursive: true, force: true });
  await removeIfEmpty(directory);
}

/** Blocks of zeros, allocated or not, are holes. */
async function digestDisk(
  { disk, path, virtualBytes, logicalSectorBytes, diskId }: SessionDisk,
  digests: DigestFile,
  signal: AbortSignal,
): Promise<void> {
  await using reader = await openChain(path);
  const isSame =
    reader.virtualBytes === virtualBytes &&
    reader.logicalSectorBytes === logicalSectorBytes &&
    reader.diskId === diskId;
  if (!isSame) throw new Verdict('base-changed', { disk, file: path });
  const blocks = blockCount(virtualBytes);
  const piece = Buffer.alloc(PIECE_BYTES);
  let next = 0;
  for await (const { kind, offset, length } of reader.extents()) {
    if (kind !== 'data') continue;
    const end = Math.min(blocks, Math.ceil((offset + length) / BLOCK_BYTES));
    // Two extents may share a block: it is read once.
    next = Math.max(next, Math.floor(offset / BLOCK_BYTES));
    while (next < end) {
      signal.throwIfAborted();
      const count = Math.min(PIECE_BLOCKS, end - next);
      const at = next * BLOCK_BYTES;
      const bytes = piece.subarray(0, Math.min(count * BLOCK_BYTES, virtualBytes - at));
      await reader.read(at, bytes);
      const found = Array.from({ length: count }, (_, index) =>
        blockDigest(bytes.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES)),
      );
      await digests.write(next, Buffer.concat(found, count * DIGEST_BYTES));
      next += count;
    }
  }
}
