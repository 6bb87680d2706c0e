/** Worker to worker over the real link, each a process, beside `cp --sparse=always` of the file. */

import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openChain } from '../../src/disks/chain.ts';
import { newTicket } from '../../src/stream/ticket.ts';
import type { Part } from './bench.ts';
import { createMixedDisk } from './disk-mix.ts';
import type { SideSettings, SourcePlace, Told, Usage } from './stream-side.ts';
import { median, printTable, type Row } from './table.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const RSS_MIB_MAX = 250;
/** For one repetition. */
const SECONDS_MAX = 300;
const SIDE = join(import.meta.dirname, 'stream-side.ts');
const run = promisify(execFile);

interface Streamed {
  readonly seconds: number;
  /** Of these, until the source listened. */
  readonly startSeconds: number;
  readonly source: Usage;
  readonly target: Usage;
}

interface Copied {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Sent {
  readonly disk: string;
  readonly shape: SideSettings['shape'];
  /** Made for one repetition. */
  readonly directory: string;
  readonly profileDirectory?: string;
}

export const benchStream: Part = async (options) => {
  const directory = await mkdtemp(join(options.directory, 'ferry-bench-'));
  try {
    const disk = join(directory, 'source.vhdx');
    const allocatedBytes = await createMixedDisk(disk, options.mib);
    const shape = await shapeOf(disk);
    const { profileDirectory } = options;
    const streamed: Streamed[] = [];
    const copied: Copied[] = [];
    for (let done = 0; done < options.repetitions; done += 1) {
      const place = join(directory, `${done}`);
      for (const side of ['source', 'target']) await mkdir(join(place, side), { recursive: true });
      const sent = { disk, shape, directory: place, ...(profileDirectory && { profileDirectory }) };
      streamed.push(await stream(sent));
      await rm(place, { recursive: true });
      copied.push(await copy(disk, join(directory, 'copied.vhdx')));
      await rm(join(directory, 'copied.vhdx'));
    }
    return report(allocatedBytes, streamed, copied);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

async function shapeOf(file: string): Promise<SideSettings['shape']> {
  await using reader = await openChain(file);
  const { virtualBytes, logicalSectorBytes, diskId } = reader;
  return { virtualBytes, logicalSectorBytes, diskId };
}

/** From the start of both processes to the round's commit, as the source hears of it. */
async function stream({ directory, profileDirectory, ...sent }: Sent): Promise<Streamed> {
  const ticket = newTicket();
  const start = (side: SideSettings['side']): ChildProcess => {
    const settings = { ...sent, side, ticket, directory: join(directory, side) };
    const profiled = profileDirectory
      ? ['--cpu-prof', `--cpu-prof-dir=${join(profileDirectory, side)}`]
      : [];
    return fork(SIDE, [JSON.stringify(settings)], {
      execArgv: ['--disable-warning=ExperimentalWarning', ...profiled],
    });
  };
  const startedAt = performance.now();
  const [source, target] = [start('source'), start('target')];
  try {
    const committed = told(source, 'sent');
    const place: SourcePlace = (await told(source, 'listening')).listening;
    const startSeconds = (performance.now() - startedAt) / 1000;
    target.send(place);
    const { digests } = (await Promise.race([committed, ended(target)])).sent;
    const seconds = (performance.now() - startedAt) / 1000;
    const differs = digests.find((disk) => disk.source !== disk.target);
    if (differs) throw new Error(`${differs.disk} arrived with another content`);
    // The target first: left alone, it would dial again.
    const targetUsage = await usageOf(target);
    const sourceUsage = await usageOf(source);
    return { seconds, startSeconds, source: sourceUsage, target: targetUsage };
  } finally {
    source.kill('SIGKILL');
    target.kill('SIGKILL');
  }
}

type ToldOf<Key extends string> = Extract<Told, Readonly<Record<Key, unknown>>>;

async function told<Key extends string>(child: ChildProcess, key: Key): Promise<ToldOf<Key>> {
  const answer = Promise.withResolvers<ToldOf<Key>>();
  const onMessage = (message: Told): void => {
    if (key in message) answer.resolve(message as ToldOf<Key>);
  };
  const late = setTimeout(() => answer.reject(new Error(`No "${key}" in time`)), SECONDS_MAX * 1e3);
  child.on('message', onMessage);
  try {
    return await Promise.race([answer.promise, ended(child)]);
  } finally {
    clearTimeout(late);
    child.off('message', onMessage);
  }
}

async function ended(child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error(`A side ended with code ${child.exitCode}`);
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const exit = once(child, 'exit');
  child.send('end');
  const { usage } = await told(child, 'usage');
  // Its profile is written as it ends.
  await exit;
  return usage;
}

/** `sync FILE` is fsync; `times` tells the CPU of both. Undefined figures where there is no such cp. */
async function copy(from: string, to: string): Promise<Copied> {
  const script = 'cp --sparse=always "$1" "$2" && sync "$2" && times';
  const startedAt = performance.now();
  const { stdout } = await run('sh', ['-c', script, 'sh', from, to]);
  const seconds = (performance.now() - startedAt) / 1000;
  const [, children = ''] = stdout.split('\n');
  const cpuSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
    0,
  );
  return { seconds, cpuSeconds };
}

function report(bytes: number, streamed: readonly Streamed[], copied: readonly Copied[]): string[] {
  const cpu = (seconds: readonly number[]) => (median(seconds) / (bytes / GIB)).toFixed(2);
  const rss = (side: 'source' | 'target') =>
    Math.max(...streamed.map((one) => one[side].peakRssBytes)) / MIB;
  const ferry = streamed.map(({ seconds }) => seconds);
  const cp = copied.map(({ seconds }) => seconds);
  const speeds = (seconds: readonly number[]): string[] =>
    [Math.min(...seconds), median(seconds)].flatMap((one) => [
      one.toFixed(2),
      (bytes / MIB / one).toFixed(0),
    ]);
  const rows: Row[] = [
    ['Ferry, TLS, verified', ...speeds(ferry), '', ''],
    ...(['source', 'target'] as const).map((side) => {
      const used = cpu(streamed.map((one) => one[side].cpuSeconds));
      return [`  ${side}`, '', '', '', '', used, rss(side).toFixed(0)];
    }),
    ['cp --sparse=always + fsync', ...speeds(cp), cpu(copied.map((one) => one.cpuSeconds)), ''],
  ];
  const title = `stream: ${bytes / MIB} MiB allocated, ${streamed.length} repetitions, interleaved`;
  const head = ['', 'best s', 'MiB/s', 'median s', 'MiB/s', 'CPU-s/GiB', 'peak RSS MiB'];
  printTable(title, head, rows);
  const ratio = (of: (seconds: readonly number[]) => number) => (of(cp) / of(ferry)).toFixed(2);
  const started = median(streamed.map(({ startSeconds }) => startSeconds)).toFixed(2);
  console.info(`  Of Ferry's time, the start of the two node processes: median ${started} s`);
  console.info(
    `  Ferry's speed over cp's: best ${ratio((all) => Math.min(...all))}, median ${ratio(median)}`,
  );
  return (['source', 'target'] as const).flatMap((side) =>
    rss(side) > RSS_MIB_MAX
      ? [`the ${side}'s peak RSS is ${rss(side).toFixed(0)} MiB, over ${RSS_MIB_MAX}`]
      : [],
  );
}
