/** What a copy costs that is kept aligned while its VM writes nothing: the same on a disk of any size. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createChild, createDisk } from '../../../src/disks/create.ts';
import { mergeIntoParent } from '../../../src/disks/merge.ts';
import type { Part } from '../bench.ts';
import { fillMixed } from '../disk-mix.ts';
import { median, printTable } from '../table.ts';
import { openStream } from './open-stream.ts';

const GIB = 2 ** 30;
const SIZES_GIB = [4, 16, 64] as const;
const FILLED_MIB = 256;
/** In each repetition: one alone takes less than a tick of the CPU's clock. */
const ROUNDS = 20;
/** Of the largest beside the smallest. */
const TIMES_MAX = 2;

export const benchIdle: Part = async ({ directory: parent, repetitions }) => {
  const root = await mkdtemp(join(parent, 'ferry-bench-'));
  try {
    const measured = [];
    for (const gib of SIZES_GIB) measured.push(await idle(join(root, `${gib}`), gib, repetitions));
    const rows = measured.map(({ gib, seconds, bytes, cpu }) => [
      `${gib} GiB`,
      bytes,
      (cpu * 1000).toFixed(0),
      (Math.min(...seconds) * 1000).toFixed(0),
      (median(seconds) * 1000).toFixed(0),
    ]);
    printTable(
      `idle: rounds in which nothing changed, ${repetitions * ROUNDS} on each disk, both ends`,
      ['', 'bytes', 'CPU ms', 'best ms', 'median ms'],
      rows,
    );
    const [smallest, largest] = [measured[0], measured.at(-1)];
    const times = median(largest?.seconds ?? []) / median(smallest?.seconds ?? []);
    if (times <= TIMES_MAX) return [];
    const sizes = `${largest?.gib} GiB takes ${times.toFixed(1)} times as long as on ${smallest?.gib}`;
    return [`a round in which nothing changed on ${sizes}`];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

async function idle(directory: string, gib: number, repetitions: number) {
  await mkdir(directory);
  const base = join(directory, 'base.vhdx');
  await createDisk(base, { virtualBytes: gib * GIB });
  await fillMixed(base, FILLED_MIB);
  await using stream = await openStream(directory, base);
  await stream.round(base);
  const seconds: number[] = [];
  const before = await stream.cpuSeconds();
  let bytes = 0;
  const count = repetitions * ROUNDS;
  for (let done = 0; done < count; done += 1) {
    const child = `${base}.idle.avhdx`;
    await createChild(child, base);
    const sent = await stream.send(child, base);
    seconds.push(sent.seconds);
    bytes = Math.max(bytes, sent.bytesSent);
    await mergeIntoParent(child);
    await rm(child);
  }
  return { gib, seconds, bytes, cpu: ((await stream.cpuSeconds()) - before) / count };
}
