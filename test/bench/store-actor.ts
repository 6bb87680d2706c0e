/**
 * One client of the store as a process of its own: a worker with its operations, or the bot with
 * all. It goes on through the store's outages and tells in the end what was acknowledged to it.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { entryHash } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { openStore } from '../../src/store/open.ts';
import { entryAfter, noted } from '../store/entries.ts';

const OUTAGE_PAUSE_MS = 20;
/** As a worker's and the bot's looks at changes. */
const LOOK_MS = 1000;
const TOLD_EVERY_MS = 50;
/** A usual entry: a signature and some facts. */
const TEXT = 'x'.repeat(300);

export interface ActorSettings {
  readonly url: string;
  readonly namespace: string;
  readonly name: string;
  readonly operations: readonly string[];
  /** Of its operations; 1 is the bot, which takes one after the other. */
  readonly atOnce: number;
  /** It stops when so many were appended, or when its parent says so. */
  readonly appendsMax: number;
  /** Between two appends to one operation. */
  readonly pauseMs: number;
}

export interface ActorReport {
  readonly appendMs: readonly number[];
  readonly readMs: readonly number[];
  /** Someone else took the position first. */
  readonly lostPositions: number;
  readonly outages: number;
  /** Hashes of the entries that the store said it has. */
  readonly acknowledged: readonly string[];
}

export type ActorTold = { readonly acknowledged: number } | { readonly report: ActorReport };

const settings = JSON.parse(process.argv[2] ?? '') as ActorSettings;
const { url, namespace, operations, atOnce, appendsMax, pauseMs } = settings;
const report = {
  appendMs: [] as number[],
  readMs: [] as number[],
  lostPositions: 0,
  outages: 0,
  acknowledged: [] as string[],
};
const stopping = new AbortController();
const { signal } = stopping;
process.on('message', () => stopping.abort());
process.on('disconnect', () => process.exit());
const isOver = (): boolean => signal.aborted || report.acknowledged.length >= appendsMax;
const tell = (told: ActorTold): void => {
  process.send?.(told);
};
const rest = (ms: number) => pause(ms, undefined, { signal }).catch(() => undefined);

await using store = await openStore(url, { namespace });
const { journal } = store;

async function timed<T>(times: number[], call: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const answer = await call();
  times.push(performance.now() - startedAt);
  return answer;
}

/** As a step's runner does: reads all, decides, appends. */
async function appendOne(operation: string): Promise<void> {
  const last = (await timed(report.readMs, () => journal.read(operation))).at(-1);
  const entry = entryAfter(last, operation, noted(`${settings.name} ${TEXT}`));
  const { result } = await timed(report.appendMs, () => journal.append(entry));
  if (result === 'appended') report.acknowledged.push(entryHash(entry));
  else report.lostPositions += 1;
}

async function unlessAway(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'store-unreachable') throw error;
    report.outages += 1;
    await rest(OUTAGE_PAUSE_MS);
  }
}

async function work(first: number): Promise<void> {
  await rest(Math.random() * pauseMs);
  for (let at = first; !isOver(); at = (at + atOnce) % operations.length) {
    await unlessAway(() => appendOne(operations[at] ?? ''));
    await rest((pauseMs * atOnce) / operations.length);
  }
}

async function look(): Promise<void> {
  let cursor = 0;
  while (!isOver()) {
    await unlessAway(async () => {
      ({ cursor } = await journal.changes(cursor));
    });
    await rest(LOOK_MS);
  }
}

const telling = setInterval(
  () => tell({ acknowledged: report.acknowledged.length }),
  TOLD_EVERY_MS,
);
const workers = Array.from({ length: atOnce }, (_, first) => work(first));
const looking = look();
await Promise.all(workers);
stopping.abort();
await looking;
clearInterval(telling);
// It leaves when its parent ends it: the report is large, and a message may be on its way here.
tell({ report });
