/** The store under two workers, a bot and 50 operations; then killed again and again under load. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { entryHash } from '../../src/domain/journal.ts';
import { openStore } from '../../src/store/open.ts';
import { dropNamespace, freshNamespace } from '../store/server.ts';
import type { Part } from './bench.ts';
import type { ActorReport, ActorSettings, ActorTold } from './store-actor.ts';
import { type Server, servers } from './store-server.ts';
import { printTable, quantile, type Row } from './table.ts';

const ACTOR = join(import.meta.dirname, 'store-actor.ts');
const OPERATIONS = Array.from({ length: 50 }, (_, index) => `m${index + 1}`);
/** For one load, and for one kill to find its load. */
const SECONDS_MAX = 300;
/** Acknowledged between two kills at least, so that each comes under load. */
const APPENDS_BETWEEN_KILLS = 30;
const KILL_AFTER_MS_MAX = 300;
const LOOK_MS = 10;

export const benchStore: Part = async ({ directory, appends, kills }) => {
  const loads: Row[] = [];
  const killed: Row[] = [];
  const wrong: string[] = [];
  for (const start of servers(directory)) {
    const server = await start();
    try {
      for (const pauseMs of [1000, 0]) loads.push(await load(server, { appends, pauseMs }));
      if (!server.kill) continue;
      const { acknowledged, lost, outages } = await killing(server, kills);
      killed.push([server.name, kills, acknowledged, outages, lost]);
      if (lost > 0) wrong.push(`${server.name} lost ${lost} acknowledged entries`);
    } finally {
      await server.stop();
    }
  }
  const times = ['append p50 ms', 'p99 ms', 'worst ms', 'read p50 ms', 'p99 ms'];
  const head = ['', 'each operation', 'appends', 'appends/s', ...times];
  printTable('store: 2 workers, a bot and 50 operations, three processes', head, loads);
  const counts = ['kills', 'acknowledged', 'failed calls', 'lost'];
  printTable('store: killed with SIGKILL under that load', ['', ...counts], killed);
  return wrong;
};

interface Loading {
  readonly appends: number;
  readonly pauseMs: number;
}

async function load(server: Server, { appends, pauseMs }: Loading): Promise<Row> {
  const namespace = freshNamespace();
  const startedAt = performance.now();
  const actors = startActors(server, { namespace, pauseMs, appends });
  const reports = await reportsOf(actors);
  const seconds = (performance.now() - startedAt) / 1000;
  await dropNamespace(server.url, namespace);
  const appendMs = reports.flatMap((report) => report.appendMs);
  const readMs = reports.flatMap((report) => report.readMs);
  const done = reports.reduce((sum, report) => sum + report.acknowledged.length, 0);
  const quantiles = (times: readonly number[], shares: readonly number[]): string[] =>
    shares.map((share) => quantile(times, share).toFixed(1));
  return [
    server.name,
    pauseMs > 0 ? `every ${pauseMs / 1000} s` : 'without a pause',
    done,
    (done / seconds).toFixed(0),
    ...quantiles(appendMs, [0.5, 0.99, 1]),
    ...quantiles(readMs, [0.5, 0.99]),
  ];
}

interface Actor {
  readonly child: ChildProcess;
  readonly report: Promise<ActorReport>;
  acknowledged: number;
}

interface Acting {
  readonly namespace: string;
  readonly pauseMs: number;
  /** Of all together. */
  readonly appends: number;
}

/** Each worker has half of the operations, all under way; the bot adds an entry here and there. */
function startActors({ url }: Server, { namespace, pauseMs, appends }: Acting): Actor[] {
  const half = OPERATIONS.length / 2;
  const common = { url, namespace, pauseMs };
  const appendsMax = Math.ceil(appends / 2);
  const worker = { ...common, atOnce: half, appendsMax };
  return [
    { ...worker, name: 'hv-a', operations: OPERATIONS.slice(0, half) },
    { ...worker, name: 'hv-b', operations: OPERATIONS.slice(half) },
    // At a tenth of the workers' pace.
    {
      ...common,
      name: 'bot',
      operations: OPERATIONS,
      atOnce: 1,
      appendsMax: Math.ceil(appends / 10),
      pauseMs: 10 * pauseMs,
    },
  ].map(startActor);
}

function startActor(settings: ActorSettings): Actor {
  const child = fork(ACTOR, [JSON.stringify(settings)]);
  const told = Promise.withResolvers<ActorReport>();
  const actor: Actor = { child, report: told.promise, acknowledged: 0 };
  child.on('message', (message: ActorTold) => {
    if ('report' in message) told.resolve(message.report);
    else actor.acknowledged = message.acknowledged;
  });
  child.once('exit', (code) => told.reject(new Error(`${settings.name} ended with ${code}`)));
  return actor;
}

async function reportsOf(actors: readonly Actor[]): Promise<ActorReport[]> {
  const stop = (): void => {
    for (const { child } of actors) if (child.connected) child.send('stop');
  };
  const late = setTimeout(stop, SECONDS_MAX * 1000);
  try {
    const reports = Promise.all(actors.map(({ report }) => report));
    // The workers decide when it is over; the bot goes on beside them.
    const workers = Promise.all(actors.slice(0, 2).map(({ report }) => report));
    await Promise.race([workers, reports]);
    stop();
    return await reports;
  } finally {
    clearTimeout(late);
    for (const { child } of actors) child.kill('SIGKILL');
  }
}

async function killing(server: Server, kills: number) {
  const namespace = freshNamespace();
  // Makes the schema, so that the actors do not all do it.
  await using store = await openStore(server.url, { namespace });
  const actors = startActors(server, { namespace, pauseMs: 0, appends: Number.MAX_SAFE_INTEGER });
  const reports = Promise.all(actors.map(({ report }) => report));
  // An actor that fails during a restart is heard of after it.
  reports.catch(() => undefined);
  const acknowledged = () => actors.reduce((sum, actor) => sum + actor.acknowledged, 0);
  try {
    const allWork = until(() => actors.every((actor) => actor.acknowledged > 0));
    await Promise.race([allWork, reports]);
    for (let kill = 1; kill <= kills; kill += 1) {
      const enough = acknowledged() + APPENDS_BETWEEN_KILLS;
      await Promise.race([until(() => acknowledged() >= enough), reports]);
      await pause(Math.random() * KILL_AFTER_MS_MAX);
      await server.kill?.();
      await server.restart?.();
    }
    const enough = acknowledged() + APPENDS_BETWEEN_KILLS;
    await Promise.race([until(() => acknowledged() >= enough), reports]);
    for (const { child } of actors) child.send('stop');
    const told = await reports;
    const found = new Set<string>();
    for (const operation of OPERATIONS) {
      for (const entry of await store.journal.read(operation)) found.add(entryHash(entry));
    }
    const all = told.flatMap((report) => report.acknowledged);
    return {
      acknowledged: all.length,
      lost: all.filter((hash) => !found.has(hash)).length,
      outages: told.reduce((sum, report) => sum + report.outages, 0),
    };
  } finally {
    for (const { child } of actors) child.kill('SIGKILL');
    await Promise.all(actors.map(exited));
  }
}

async function exited({ child }: Actor): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function until(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + SECONDS_MAX * 1000;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error('The load on the store came to a halt');
    await pause(LOOK_MS);
  }
}
