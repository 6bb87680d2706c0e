/** A copy of a frozen round, made without Ferry's stream: for tests of what is done with it. */

import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../src/disks/chain.ts';
import { createDisk } from '../../src/disks/create.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import type { FrozenRound } from '../../src/domain/round.ts';
import type { DiskPlace, Host } from '../../src/hosts/host.ts';

const COPY_BYTES = 1024 * 1024;

/** Copies what the frozen files show into plain disks on the other host. */
export async function copied(target: Host, round: FrozenRound): Promise<DiskPlace[]> {
  const folder = join((await target.facts()).vmVolume, `copy-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  const places: DiskPlace[] = [];
  for (const [index, { disk, virtualBytes, file }] of round.disks.entries()) {
    const path = join(folder, `disk-${index}.vhdx`);
    await createDisk(path, { virtualBytes });
    await using from = await openChain(file.path);
    await using to = await openForWriting(path);
    for await (const { offset, length, kind } of from.extents()) {
      for (let at = offset; kind === 'data' && at < offset + length; at += COPY_BYTES) {
        const bytes = Buffer.alloc(Math.min(COPY_BYTES, offset + length - at));
        await from.read(at, bytes);
        await to.write(at, bytes);
      }
    }
    await to.flush();
    places.push({ disk, path });
  }
  return places;
}
