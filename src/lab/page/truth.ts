/** The lab's own truth, looked at again and again while somebody looks at the page. */

import { setTimeout as pause } from 'node:timers/promises';
import { RECORD_BYTES } from '../../hosts/lab/records.ts';
import { type CheckReport, check } from '../checker.ts';
import type { Lab } from '../machine.ts';
import type { FaultDesk } from './faults.ts';
import { readHosts } from './hosts-truth.ts';
import type { HostTruth, Samples, Truth, VmTruth } from './wire.ts';
import { WitnessTail } from './witness-tail.ts';

const LOOK_MILLISECONDS = 1_000;
/** The checker reads every ring of every disk, so it is asked less often. */
const CHECK_MILLISECONDS = 10_000;
/** Two minutes of plots. */
const SAMPLES_MAX = 120;

export interface TruthWatch {
  /** What was last seen. */
  readonly latest: Truth | undefined;
  /** Calls `tell` with each new look until the returned function is called. */
  watch(tell: (truth: Truth) => void): () => void;
  /** Has the checker read the disks at the next look. */
  checkSoon(): void;
  close(): Promise<void>;
}

/** Looks only while somebody watches: a lab has little to spare. */
export function watchTruth(lab: Lab, desk: FaultDesk): TruthWatch {
  const look = looker(lab, desk);
  const listeners = new Set<(truth: Truth) => void>();
  const ended = new AbortController();
  let latest: Truth | undefined;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (listeners.size > 0 && !ended.signal.aborted) {
      latest = await look.again();
      for (const tell of listeners) tell(latest);
      await pause(LOOK_MILLISECONDS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    running = undefined;
  };
  return {
    get latest() {
      return latest;
    },
    watch(tell) {
      listeners.add(tell);
      running ??= run();
      return () => void listeners.delete(tell);
    },
    checkSoon: look.checkSoon,
    async close() {
      ended.abort();
      await running;
    },
  };
}

interface Checked {
  readonly atMs: number;
  readonly report: CheckReport;
}

function looker(lab: Lab, desk: FaultDesk) {
  const tail = new WitnessTail(lab.directory);
  const meter = meterOf(lab);
  let checked: Checked | undefined;
  let isDue = true;
  const again = async (): Promise<Truth> => {
    await tail.read();
    const hosts = await readHosts(lab.directory, desk.powerless);
    const old = checked === undefined || Date.now() - checked.atMs > CHECK_MILLISECONDS;
    if (isDue || old) {
      isDue = false;
      // The tail does not grow while the disks are read: what comes later cannot seem lost.
      checked = { atMs: Date.now(), report: await check(lab.directory, tail.tally) };
    }
    const rates = meter.sample(tail, hosts);
    return {
      atMs: Date.now(),
      ...(checked ? { checkedAtMs: checked.atMs } : {}),
      vms: namesOf(hosts).map(([id, name]) =>
        vmTruth({ id, name, hosts, tail, checked, rate: rates.get(id) ?? 0 }),
      ),
      hosts,
      switchedOn: await desk.switchedOn(),
      samples: meter.samples(),
    };
  };
  return {
    again,
    checkSoon: () => {
      isDue = true;
    },
  };
}

interface Known {
  readonly id: string;
  readonly name: string;
  readonly hosts: readonly HostTruth[];
  readonly tail: WitnessTail;
  readonly checked: Checked | undefined;
  readonly rate: number;
}

function vmTruth({ id, name, hosts, tail, checked, rate }: Known): VmTruth {
  const { acknowledged, longestGap, splitBrains } = tail.tally.get(id);
  const runsOn = hosts
    .filter(({ vms }) => vms.some((vm) => vm.id === id && vm.isRunning))
    .map((host) => host.name);
  const report = checked?.report.vms.find((vm) => vm.id === id);
  return {
    id,
    name,
    runsOn,
    ranTwice: splitBrains > 0 || runsOn.length > 1 || report?.ranTwice === true,
    acknowledged,
    recordsPerSecond: rate,
    ...(report ? { lost: report.lost } : {}),
    ...(longestGap ? { longestPause: longestGap } : {}),
  };
}

/** Every VM that is registered somewhere, by name. */
function namesOf(hosts: readonly HostTruth[]): [string, string][] {
  const all = hosts.flatMap(({ vms }) => vms.map(({ id, name }) => [id, name] as const));
  return [...new Map(all)].toSorted(([, a], [, b]) => (a < b ? -1 : 1));
}

/** Turns counters into rates; keeps the last `SAMPLES_MAX` of them. */
function meterOf(lab: Lab) {
  let before: { atMs: number; passed: Map<string, number>; records: Map<string, number> };
  const points: { at: number; throughput: Map<string, number>; dirty: Map<string, number> }[] = [];
  const sample = (tail: WitnessTail, hosts: readonly HostTruth[]): Map<string, number> => {
    const names = namesOf(hosts);
    const now = {
      atMs: Date.now(),
      passed: new Map(Object.entries(lab.relays).map(([host, one]) => [host, one.bytesPassed])),
      records: new Map(names.map(([id]) => [id, tail.tally.get(id).acknowledged])),
    };
    const last = before ?? now;
    before = now;
    const seconds = Math.max((now.atMs - last.atMs) / 1000, 0.001);
    const rates = (of: Map<string, number>, old: Map<string, number>) =>
      new Map([...of].map(([key, count]) => [key, (count - (old.get(key) ?? count)) / seconds]));
    const records = rates(now.records, last.records);
    const dirty = new Map(
      names.map(([id, name]) => [name, (records.get(id) ?? 0) * RECORD_BYTES] as const),
    );
    const throughput = rates(now.passed, last.passed);
    if (last !== now) points.push({ at: now.atMs / 1000, throughput, dirty });
    if (points.length > SAMPLES_MAX) points.shift();
    return records;
  };
  const samples = (): Samples => ({
    atSeconds: points.map(({ at }) => at),
    throughput: columns(points.map(({ throughput }) => throughput)),
    dirty: columns(points.map(({ dirty }) => dirty)),
  });
  return { sample, samples };
}

function columns(rows: readonly ReadonlyMap<string, number>[]): Record<string, number[]> {
  const names = new Set(rows.flatMap((row) => [...row.keys()]));
  return Object.fromEntries(
    [...names].map((name) => [name, rows.map((row) => Math.round(row.get(name) ?? 0))]),
  );
}
