/** How long it will take and how long the VM will be off: from history, else from measurements. */

import { z } from 'zod';
import { type Entry, isOfDrain } from '../domain/journal.ts';
import { isMove, type Plan } from '../domain/plan.ts';
import { problemSchema } from '../domain/problem-record.ts';
import { bytesOfFiles } from '../preflight/capacity.ts';
import type { Subject } from '../preflight/check.ts';
import { type SharedNetwork, sharedNetwork } from '../preflight/network.ts';
import { BITS_PER_SECOND_ASSUMED } from '../preflight/plan.ts';
import type { Estimate } from '../slack/operation-view.ts';
import type { JournalStore, Records } from '../store/store.ts';
import { type LinkRate, type Measure, measuredLink } from './measured-link.ts';
import { resultOf, wholeCopyOf } from './view.ts';

/** Operations that are looked through for one like this. */
const HISTORY_MAX = 50;
/** A smaller copy says more about its beginning than about the disks. */
const BYTES_TELLING_MIN = 64 * 1024 ** 2;
/** Shutdown, import and start of a server that was never moved before. */
const STOP_AND_START_SECONDS_ASSUMED = 15;
/** The last round is held to the pause; what is written in a quiet minute is sent in this time. */
const LAST_ROUND_SECONDS_ASSUMED = 5;

export interface Estimating {
  readonly store: Pick<JournalStore, 'list' | 'read' | 'now'>;
  readonly records: Pick<Records, 'get' | 'put'>;
  /** Asks the workers to send bytes from one to the other. */
  readonly measure: Measure;
}

export interface Bounds {
  readonly pauseSecondsMax: number;
  /** What was asked for. */
  readonly bytesPerSecondMax?: number;
}

/** Measures the link unless that was done within minutes. A link that cannot be is no error. */
export async function estimateFor(
  from: Estimating,
  subject: Subject,
  bounds: Bounds,
): Promise<Estimate> {
  const { vm, source, target } = subject;
  const route = { vmId: vm.id, source: source.name, target: target.name };
  const [link, past] = await Promise.all([measuredLink(from, route), pastOf(from.store, route)]);
  const network = sharedNetwork(source, target);
  const rate = rateOf({ link, past, network, limit: bounds.bytesPerSecondMax });
  const bytesToCopy = bytesOfFiles(vm);
  const nominal = network?.bitsPerSecond;
  return {
    bytesToCopy,
    ...rate,
    ...(nominal && nominal > 0 ? { nominalBitsPerSecond: nominal } : {}),
    ...('problem' in link
      ? { notMeasured: link.problem }
      : { measuredBytesPerSecond: link.bytesPerSecond }),
    secondsToCopy: bytesToCopy / rate.bytesPerSecond,
    ...pauseOf(past.pause),
  };
}

interface Past {
  readonly bytesPerSecond?: number;
  readonly pause?: { readonly seconds: number; readonly stopAndStartSeconds: number };
}

interface Known {
  readonly link: LinkRate;
  readonly past: Past;
  readonly network: SharedNetwork | undefined;
  readonly limit: number | undefined;
}

/** What these hosts did the last time beats what a link alone can do. */
function rateOf({
  link,
  past,
  network,
  limit,
}: Known): Pick<Estimate, 'bytesPerSecond' | 'rateFrom'> {
  const says = (network?.bitsPerSecond ?? 0) / 8;
  const carries = 'problem' in link ? says : link.bytesPerSecond;
  const disks = BITS_PER_SECOND_ASSUMED / 8;
  const byLink = carries > 0 && carries < disks;
  const rate = past.bytesPerSecond ?? (byLink ? carries : disks);
  if (limit !== undefined && limit < rate) return { bytesPerSecond: limit, rateFrom: 'limit' };
  if (past.bytesPerSecond !== undefined) return { bytesPerSecond: rate, rateFrom: 'history' };
  return { bytesPerSecond: rate, rateFrom: byLink ? 'link' : 'disks' };
}

function pauseOf(
  pause: Past['pause'],
): Pick<Estimate, 'pauseSeconds' | 'pauseFrom' | 'stopAndStartSeconds'> {
  if (pause) {
    const { seconds, stopAndStartSeconds } = pause;
    return { pauseSeconds: seconds, pauseFrom: 'history', stopAndStartSeconds };
  }
  return {
    pauseSeconds: STOP_AND_START_SECONDS_ASSUMED + LAST_ROUND_SECONDS_ASSUMED,
    pauseFrom: 'assumed',
    stopAndStartSeconds: STOP_AND_START_SECONDS_ASSUMED,
  };
}

interface Route {
  readonly vmId: string;
  readonly source: string;
  readonly target: string;
}

/** The newest copy between these hosts, and the newest cutover of this VM between any. */
async function pastOf(store: Estimating['store'], route: Route): Promise<Past> {
  let past: Past = {};
  for (const operation of await store.list(HISTORY_MAX)) {
    const entries = await store.read(operation);
    past = { ...pastIn(entries, route), ...past };
    if (past.bytesPerSecond !== undefined && past.pause) return past;
  }
  return past;
}

function pastIn(entries: readonly Entry[], { vmId, source, target }: Route): Past {
  const opened = entries[0]?.body;
  if (opened?.kind !== 'opened' || isOfDrain(opened)) return {};
  const { plan } = opened;
  if (!isMove(plan)) return {};
  const sameWay = plan.source === source && plan.target === target;
  const bytesPerSecond = sameWay && !isSlowed(entries) ? copyRate(entries, plan) : undefined;
  const result = plan.vm.id === vmId ? resultOf(entries) : undefined;
  const lastRound = Number(factOf(entries, 'copyLastRound', 'seconds') ?? 0);
  const pauseSeconds = result?.pauseSeconds;
  const stopAndStartSeconds = Math.max(0, (pauseSeconds ?? 0) - lastRound);
  return {
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    ...(pauseSeconds === undefined
      ? {}
      : { pause: { seconds: pauseSeconds, stopAndStartSeconds } }),
  };
}

/** A rate under a limit or around a pause tells nothing about hosts. */
const isSlowed = (entries: readonly Entry[]): boolean =>
  entries.some(
    ({ body }) =>
      body.kind === 'limited' ||
      body.kind === 'paused' ||
      (body.kind === 'opened' &&
        body.operation === 'migration' &&
        body.plan.bytesPerSecondMax !== undefined),
  );

function copyRate(entries: readonly Entry[], plan: Plan): number | undefined {
  const step = wholeCopyOf(plan);
  const bytes = Number(factOf(entries, step, 'bytesRead') ?? 0);
  const seconds = Number(factOf(entries, step, 'seconds') ?? 0);
  return bytes >= BYTES_TELLING_MIN && seconds > 0 ? bytes / seconds : undefined;
}

function factOf(entries: readonly Entry[], step: string, fact: string): unknown {
  const done = entries.findLast(
    ({ body }) => body.kind === 'done' && body.step === step && body.move === 'run',
  );
  return done?.body.kind === 'done' ? done.body.facts[fact] : undefined;
}

const positive = z.number().nonnegative();
const estimateSchema = z.object({
  bytesToCopy: positive,
  bytesPerSecond: positive,
  rateFrom: z.enum(['history', 'link', 'disks', 'limit']),
  nominalBitsPerSecond: positive.exactOptional(),
  measuredBytesPerSecond: positive.exactOptional(),
  notMeasured: problemSchema.exactOptional(),
  secondsToCopy: positive,
  pauseSeconds: positive,
  pauseFrom: z.enum(['round', 'history', 'assumed']),
  stopAndStartSeconds: positive,
});

const keyOf = (operation: string): string => `estimate/${operation}`;

/** Beside the operation, never in its plan: nobody approves a measurement. */
export async function keepEstimate(
  records: Pick<Records, 'put'>,
  operation: string,
  estimate: Estimate,
): Promise<void> {
  await records.put(keyOf(operation), estimate);
}

/** What is estimated now: once rounds are sent, the newest one says how long the last will take. */
export async function estimateOf(
  records: Pick<Records, 'get'>,
  operation: string,
  entries: readonly Entry[],
): Promise<Estimate | undefined> {
  const kept = estimateSchema.safeParse(await records.get(keyOf(operation))).data;
  const seconds = kept && newestRoundSeconds(entries);
  if (!kept || seconds === undefined) return kept;
  return { ...kept, pauseSeconds: seconds + kept.stopAndStartSeconds, pauseFrom: 'round' };
}

/** Of a round that holds changes alone: the first one holds everything. */
function newestRoundSeconds(entries: readonly Entry[]): number | undefined {
  const done = entries.findLast(
    ({ body }) =>
      body.kind === 'done' &&
      body.move !== 'undo' &&
      (body.step === 'copyDirtyRounds' || body.step === 'catchUp'),
  );
  const seconds = done?.body.kind === 'done' ? done.body.facts.seconds : undefined;
  return typeof seconds === 'number' && seconds >= 0 ? seconds : undefined;
}
