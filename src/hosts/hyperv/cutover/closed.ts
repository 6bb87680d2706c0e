/**
 * How a VM's disks were closed: what they say of their last writer while the VM is off and nothing could
 * start it. As long as they say the same, the VM has written nothing, whatever was tried.
 */

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { describeFile } from '../../../disks/chain.ts';
import { Problem } from '../../../domain/problem.ts';
import { exists, FENCED, orAbsent } from '../../files.ts';
import type { DiskPlace } from '../../host.ts';
import type { HyperVOptions } from '../options.ts';

const schema = z.object({
  /** By where each is attached; null where nothing says who wrote it: a VHD, a file that cannot be read. */
  disks: z.array(z.object({ disk: z.string(), linkage: z.string().nullable() })),
});

type Closed = z.infer<typeof schema>['disks'];

const closedFile = ({ name, stateFolder }: HyperVOptions, vmId: string): string =>
  join(stateFolder, 'closed', name, `${vmId}.json`);

/** Of a VM that is off: its disks, fenced or not, under their own paths. On disk when this resolves. */
export async function noteClosed(
  options: HyperVOptions,
  vmId: string,
  disks: readonly DiskPlace[],
): Promise<void> {
  const file = closedFile(options, vmId);
  await mkdir(dirname(file), { recursive: true });
  const made = `${file}.tmp`;
  {
    await using handle = await open(made, 'w');
    await handle.writeFile(JSON.stringify({ disks: await linkages(disks) }));
    await handle.sync();
  }
  await rename(made, file);
}

/** Proven: the disks are as they were closed. Not proven without a note, or by a VHD. */
export async function isAsClosed(
  options: HyperVOptions,
  vmId: string,
  disks: readonly DiskPlace[],
): Promise<boolean> {
  const text = await readFile(closedFile(options, vmId), 'utf8').catch(orAbsent);
  if (text === undefined || disks.length === 0) return false;
  const before = schema.parse(JSON.parse(text)).disks;
  const now = await linkages(disks);
  return now.every(({ disk, linkage }) => {
    const closed = before.find((each) => each.disk === disk)?.linkage;
    return linkage !== null && linkage === closed;
  });
}

async function linkages(disks: readonly DiskPlace[]): Promise<Closed> {
  const pairs = disks.map(async ({ disk, path }) => {
    // Beside a fenced leaf a placeholder may stand under its own name.
    const isFenced = await exists(path + FENCED);
    return { disk, linkage: await linkageOf(isFenced ? path + FENCED : path) };
  });
  return Promise.all(pairs);
}

/** A file that cannot be read proves nothing; whoever needs it for more says what is wrong with it. */
async function linkageOf(file: string): Promise<string | null> {
  try {
    const { format, identity } = await describeFile(file);
    return format === 'vhd' ? null : identity.linkage;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
