/** A disk from one place to another over loopback: ours beside what else does it, in one run, shuffled. */

import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../../src/disks/chain.ts';
import { compareDisks, exportRaw } from '../../../src/disks/flat.ts';
import { seeded } from '../../simulation/seeded.ts';
import type { Part } from '../bench.ts';
import { createMixedDisk } from '../disk-mix.ts';
import { median, printTable, type Row } from '../table.ts';
import { type Contender, isThere, OTHERS, type Place, type Result } from './contenders.ts';
import { ferry, type OurContender, type Ours } from './ours.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const RSS_MIB_MAX = 128;
const CPU_SECONDS_A_GIB_MAX = 1.6;
/** Noisy machines: only well below a bar is a broken promise. */
const TOLERANCE = 0.7;

const TLS = 'Ferry, TLS, read back';
const PLAIN = 'Ferry, plain, read back';
const GIGABIT = 'Ferry, TLS, 1 Gb/s';
const GIGABIT_BARE = 'Ferry, TLS, 1 Gb/s, not compressed';
const GIGABIT_LIMIT = ['--limit', '1000Mbit/s'];

/** At least so many times as fast as the fastest of these; in memory (tmpfs) or on a disk. */
const BARS = [
  { ours: TLS, others: /^nbdcopy .*TLS/, inMemory: 1.7, onDisk: 1.7 },
  { ours: PLAIN, others: /^nbdcopy raw to raw$/, inMemory: 1, onDisk: 1.5 },
  { ours: PLAIN, others: /^nbdcopy VHDX to VHDX$/, inMemory: 2, onDisk: 2 },
  { ours: PLAIN, others: /^cp /, inMemory: 0.5, onDisk: 0.5 },
  { ours: TLS, others: /^Ferry, plain/, inMemory: 0.6, onDisk: 0.6 },
  { ours: GIGABIT, others: /not compressed$/, inMemory: 1.15, onDisk: 1.15 },
] as const;
/** Of Linux, in its magic.h. */
const TMPFS_MAGIC = 0x01021994;

type Where = 'inMemory' | 'onDisk';
type Results = Map<string, (Result | Ours)[]>;

export const benchStream: Part = async (options) => {
  const directory = await mkdtemp(join(options.directory, 'ferry-bench-'));
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = seeded(seed);
  try {
    const vhdx = join(directory, 'source.vhdx');
    const raw = join(directory, 'source.raw');
    const allocatedBytes = await createMixedDisk(vhdx, options.mib);
    await exportRaw(vhdx, raw);
    const { profileDirectory } = options;
    const ours = [
      ferry(TLS, { profileDirectory }),
      ferry(PLAIN, { plain: true }),
      ferry(GIGABIT, { options: GIGABIT_LIMIT }),
      ferry(GIGABIT_BARE, { options: [...GIGABIT_LIMIT, '--compress', 'off'] }),
    ];
    const there = [...ours, ...OTHERS.filter(isThere)];
    const disk = { vhdx, raw, virtualBytes: await virtualBytesOf(vhdx) };
    const results: Results = new Map(there.map(({ name }) => [name, []]));
    for (let done = 0; done < options.repetitions; done += 1) {
      for (const contender of shuffled(there, random)) {
        const own = join(directory, 'run');
        await mkdir(own);
        results.get(contender.name)?.push(await runOne(contender, { ...disk, directory: own }));
        await rm(own, { recursive: true });
      }
    }
    const missing = OTHERS.filter((one) => !isThere(one)).map(({ name }) => name);
    if (missing.length > 0) console.info(`Not here, and so not measured: ${missing.join(', ')}.`);
    const { type } = await statfs(directory);
    const place = type === TMPFS_MAGIC ? 'inMemory' : 'onDisk';
    return report(results, ours, { allocatedBytes, seed, place });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

async function runOne(contender: Contender, place: Place): Promise<Result> {
  const result = await contender.run(place);
  if (result.file === undefined) return result;
  const { equal } = await compareDisks(place.vhdx, result.file);
  if (!equal) throw new Error(`${contender.name} left another content`);
  return result;
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, lot: random() }))
    .toSorted((a, b) => a.lot - b.lot)
    .map(({ one }) => one);
}

async function virtualBytesOf(file: string): Promise<number> {
  await using reader = await openChain(file);
  return reader.virtualBytes;
}

const secondsOf = (results: Results, name: string): number =>
  median((results.get(name) ?? []).map(({ seconds }) => seconds));

function report(
  results: Results,
  ours: readonly OurContender[],
  { allocatedBytes, seed, place }: { allocatedBytes: number; seed: number; place: Where },
): string[] {
  const wrong: string[] = [];
  const gib = allocatedBytes / GIB;
  const rows: Row[] = [];
  for (const [name, runs] of results) {
    const seconds = runs.map((run) => run.seconds);
    const [best, mid] = [Math.min(...seconds), median(seconds)];
    const cpu = median(runs.map(({ cpuSeconds }) => cpuSeconds)) / gib;
    const speeds = [best, mid].flatMap((one) => [
      one.toFixed(2),
      (allocatedBytes / MIB / one).toFixed(0),
    ]);
    rows.push([name, ...speeds, cpu.toFixed(2), '']);
    if (!ours.some((one) => one.name === name)) continue;
    for (const side of ['send', 'receive'] as const) {
      const reports = (runs as Ours[]).map(({ sides }) => sides[side]);
      const used = median(reports.map(({ cpuSeconds }) => cpuSeconds)) / gib;
      const rss = Math.max(...reports.map(({ peakRssBytes }) => peakRssBytes)) / MIB;
      rows.push([`  ${side}`, '', '', '', '', used.toFixed(2), rss.toFixed(0)]);
      const cpuMax = name === TLS ? CPU_SECONDS_A_GIB_MAX : Number.POSITIVE_INFINITY;
      const bounds = [
        [`CPU-s/GiB of ${name}, ${side}`, used, cpuMax],
        [`MiB of ${name}, ${side}`, rss, RSS_MIB_MAX],
      ] as const;
      for (const [what, found, max] of bounds) {
        if (found > max / TOLERANCE) wrong.push(`${what}: ${found.toFixed(2)}, over ${max}`);
      }
    }
  }
  const count = results.get(ours[0]?.name ?? '')?.length ?? 0;
  const title = `stream: ${allocatedBytes / MIB} MiB allocated, ${count} repetitions, shuffled (SEED=${seed})`;
  printTable(
    title,
    ['', 'best s', 'MiB/s', 'median s', 'MiB/s', 'CPU-s/GiB', 'peak RSS MiB'],
    rows,
  );
  return [...wrong, ...barsIn(results, place)];
}

/** By medians of this run. Prints each, and returns those that are clearly missed. */
function barsIn(results: Results, place: Where): string[] {
  const wrong: string[] = [];
  const rows: Row[] = [];
  for (const { ours, others, [place]: times } of BARS) {
    const rivals = [...results.keys()].filter((name) => others.test(name));
    if (rivals.length === 0) continue;
    const [rival = ''] = rivals.toSorted((a, b) => secondsOf(results, a) - secondsOf(results, b));
    const found = secondsOf(results, rival) / secondsOf(results, ours);
    rows.push([
      `${ours} : ${rival}`,
      found.toFixed(2),
      times.toFixed(2),
      found >= times ? 'met' : 'missed',
    ]);
    if (found < times * TOLERANCE)
      wrong.push(`${ours} is ${found.toFixed(2)} times as fast as ${rival}, not ${times}`);
  }
  printTable('stream: times as fast, by medians', ['', 'found', 'bar', ''], rows);
  return wrong;
}
