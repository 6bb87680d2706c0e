/** That memory and time do not grow with the size of a disk: maps of 64 TB, and a stream of 64 GiB. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDisk } from '../../../src/disks/create.ts';
import { openForWriting } from '../../../src/disks/writer.ts';
import type { Part } from '../bench.ts';
import { fillMixed } from '../disk-mix.ts';
import { median, printTable, type Row } from '../table.ts';
import { ferry } from './ours.ts';

const CLI = join(import.meta.dirname, '../../../src/cli.js');
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;
const RSS_MIB_MAX = 128;
const LARGEST_TIB = 64;
const MAPS = [
  { blockMib: 32, secondsMax: 1 },
  { blockMib: 1, secondsMax: 5 },
] as const;
const STREAMS = [
  { gib: 1, filledMib: 1024 },
  { gib: 64, filledMib: 1024 },
] as const;
/** Noisy machines: only well beyond a bound is a broken promise. */
const TOLERANCE = 0.7;

export const benchSize: Part = async ({ directory: parent, repetitions }) => {
  const directory = await mkdtemp(join(parent, 'ferry-bench-'));
  try {
    return [...(await maps(directory, repetitions)), ...(await streams(directory))];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

async function maps(directory: string, repetitions: number): Promise<string[]> {
  const rows: Row[] = [];
  const wrong: string[] = [];
  for (const { blockMib, secondsMax } of MAPS) {
    const path = join(directory, `${blockMib}.vhdx`);
    const virtualBytes = LARGEST_TIB * TIB;
    await createDisk(path, { virtualBytes, blockBytes: blockMib * MIB });
    {
      await using disk = await openForWriting(path);
      for (const share of [0, 0.5, 1]) {
        const offset = Math.min(share * virtualBytes, virtualBytes - MIB);
        await disk.write(offset, Buffer.alloc(MIB, 1));
      }
      await disk.flush();
    }
    const runs = [];
    for (let done = 0; done < repetitions; done += 1) runs.push(await map(path));
    const seconds = median(runs.map((run) => run.seconds));
    const rssMib = Math.max(...runs.map((run) => run.rssMib));
    rows.push([`${blockMib} MiB`, seconds.toFixed(2), secondsMax, rssMib.toFixed(0)]);
    const what = `the map of ${LARGEST_TIB} TiB in blocks of ${blockMib} MiB`;
    if (seconds > secondsMax / TOLERANCE) wrong.push(`${what} took ${seconds.toFixed(2)} s`);
    if (rssMib > RSS_MIB_MAX / TOLERANCE) wrong.push(`${what} took ${rssMib.toFixed(0)} MiB`);
  }
  printTable(
    `size: disk map of ${LARGEST_TIB} TiB, nearly empty, with the start of its process`,
    ['blocks of', 'median s', 'bar s', 'peak RSS MiB'],
    rows,
  );
  return wrong;
}

async function map(path: string): Promise<{ seconds: number; rssMib: number }> {
  const telling = `process.on('exit', () => console.error('rss', process.resourceUsage().maxRSS))`;
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      `--import=data:text/javascript,${encodeURIComponent(telling)}`,
      CLI,
      'disk',
      'map',
      path,
      '--json',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(said);
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, rssMib: Number(/rss (\d+)/.exec(said)?.[1]) / 1024 };
}

/** Fixed disks, which are read whole: what was never written is zeros to them as well. */
async function streams(directory: string): Promise<string[]> {
  const rows: Row[] = [];
  const wrong: string[] = [];
  for (const { gib, filledMib } of STREAMS) {
    const own = join(directory, `${gib}`);
    await mkdir(own);
    const vhdx = join(own, 'source.vhdx');
    const virtualBytes = gib * GIB;
    await createDisk(vhdx, { virtualBytes, type: 'fixed' });
    await fillMixed(vhdx, filledMib);
    const place = { directory: own, vhdx, raw: '', virtualBytes };
    const { seconds, sides } = await ferry('Ferry').run(place);
    const rss = [sides.send, sides.receive].map(({ peakRssBytes }) => peakRssBytes / MIB);
    rows.push([`${gib} GiB`, seconds.toFixed(1), ...rss.map((mib) => mib.toFixed(0))]);
    for (const mib of rss) {
      if (mib > RSS_MIB_MAX / TOLERANCE)
        wrong.push(`a stream of ${gib} GiB took ${mib.toFixed(0)} MiB, over ${RSS_MIB_MAX}`);
    }
    await rm(own, { recursive: true });
  }
  printTable(
    'size: a fixed disk with 1 GiB of the mix, read whole, TLS, read back',
    ['', 's', 'peak RSS MiB of send', 'of receive'],
    rows,
  );
  return wrong;
}
