/**
 * The hosts of the chat bench, all in one process: workers that answer the bot's questions and write
 * signed entries and progress as real ones do, and move nothing.
 */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JobPayload } from '../../jobs/payloads.ts';
import { connectQueues, queueName } from '../../jobs/queues.ts';
import { meaningOf } from '../../src/bot/requests.ts';
import type { HostFacts } from '../../src/domain/host.ts';
import { type Entry, type EntryBody, openedOf, type Side } from '../../src/domain/journal.ts';
import { openLog } from '../../src/log.ts';
import { type Task, tasksOf } from '../../src/migration/next-action.ts';
import { openStore } from '../../src/store/open.ts';
import { signRegistration } from '../../src/trust/enrolment.ts';
import { enrolmentCode, loadOrCreateIdentity } from '../../src/trust/identity.ts';
import { appendSigned } from '../../src/worker/journal.ts';
import { progressWriter } from '../../src/worker/progress.ts';
import { GIB, hostFacts, vmFacts } from '../preflight/facts.ts';

const LOOK_MS = 1000;
const HEARTBEAT_MS = 5000;
/** As a real worker's: its slots and two more. */
const JOBS_AT_ONCE = 4;
const APPENDS_TRIED_MAX = 10;
/** After so many in a row it needs a person. */
const FAILURES = 5;
const BYTES_PER_SECOND = 110e6;

export interface HostsSettings {
  readonly url: string;
  readonly directory: string;
  readonly hosts: readonly string[];
  readonly vms: readonly BenchVm[];
}

export interface BenchVm {
  readonly name: string;
  readonly host: string;
  /** How long its first copy takes; a VM without it is never begun. */
  readonly copySeconds?: number;
}

/** `ready`: by host, what an operator types. `copying`: operations whose progress is written. */
export type HostsTold =
  | { readonly ready: Readonly<Record<string, string>> }
  | { readonly copying: readonly string[] }
  | { readonly failed: string; readonly at: number };

export interface HostsAsked {
  readonly fail: string;
}

interface Copy {
  readonly step: string;
  readonly bytesTotal: number;
  readonly round: number;
  readonly startedAt: number;
}

const settings = JSON.parse(process.argv[2] ?? '') as HostsSettings;
const vms = new Map(settings.vms.map((vm) => [vm.name, vm]));
const tell = (told: HostsTold): void => void process.send?.(told);
process.on('disconnect', () => process.exit());

await using store = await openStore(settings.url);
await using queues = await connectQueues(settings.url);
const { journal, records } = store;
const identities = await Promise.all(
  settings.hosts.map((host) => loadOrCreateIdentity(join(settings.directory, host), host)),
);
const onProgress = progressWriter(records, openLog('hosts', 'warn'));
const copies = new Map<string, Copy>();
const failing = new Set<string>();

const factsOfVm = ({ name }: BenchVm) => vmFacts({ id: `id-${name}`, name });

function factsOf(host: string): HostFacts {
  const own = settings.vms.filter((vm) => vm.host === host).map(factsOfVm);
  return hostFacts(host, { vms: own, slotsMax: settings.vms.length });
}

async function answer(host: string, job: JobPayload): Promise<unknown> {
  if (job.kind === 'inspect') {
    const vm = vms.get(job.vm ?? '');
    const found = vm?.host === host ? { vm: factsOfVm(vm) } : {};
    return { host: factsOf(host), ...found, ...(job.copies ? { copies: [] } : {}) };
  }
  if (job.kind === 'measure') return BYTES_PER_SECOND;
  // The next look finds it in the journal.
  if (job.kind === 'step') return undefined;
  throw new Error(`These hosts have no work of the kind ${job.kind}`);
}

/** Reads and decides anew when somebody else was quicker, as whoever writes does. */
async function append(operation: string, on: Side, body: EntryBody): Promise<Entry> {
  for (let tries = 0; tries < APPENDS_TRIED_MAX; tries += 1) {
    const entries = await journal.read(operation);
    const { name } = openedOf(entries).parties[on];
    const identity = identities.find((one) => one.name === name);
    if (!identity) throw new Error(`${name} is no host of this bench`);
    const signing = { store: journal, identity };
    const result = await appendSigned(signing, { operation, entries, author: on, body });
    if (result.result === 'appended') return result.entry;
  }
  throw new Error(`${operation} changes whenever it is written`);
}

async function goOn(operation: string): Promise<void> {
  const entries = await journal.read(operation);
  const { next } = meaningOf(entries, await journal.now());
  const { copySeconds } = vms.get(openedOf(entries).plan.vm.name) ?? {};
  for (const task of tasksOf(next)) {
    if (task.move === 'run' && (copySeconds === undefined || failing.has(operation))) continue;
    if (copies.get(operation)?.step !== task.step) await perform(operation, task, copySeconds);
  }
}

/** What copies goes on for its time; all else is done at once. */
async function perform(operation: string, task: Task, copySeconds = 0): Promise<void> {
  const { step, on, move } = task;
  await append(operation, on, { kind: 'started', step, move });
  if (move === 'run' && step.startsWith('copy')) {
    const isFirst = step === 'copyWholeDisks';
    const bytesTotal = isFirst ? copySeconds * BYTES_PER_SECOND : GIB;
    copies.set(operation, { step, bytesTotal, round: isFirst ? 0 : 1, startedAt: Date.now() });
    return;
  }
  await append(operation, on, { kind: 'done', step, move, facts: {} });
}

/** The first copy ends; the rounds after it are repeated for as long as the bench lasts. */
async function report(operation: string, copy: Copy): Promise<void> {
  const { step, bytesTotal, round, startedAt } = copy;
  const bytesRead = Math.min(bytesTotal, ((Date.now() - startedAt) / 1000) * BYTES_PER_SECOND);
  const sent = { bytesRead, bytesCarried: bytesRead, bytesSent: bytesRead };
  onProgress(operation, { round, ...sent, phase: 'sending', bytesTotal });
  if (bytesRead < bytesTotal) return;
  if (round > 0) {
    copies.set(operation, { ...copy, round: round + 1, startedAt: Date.now() });
    return;
  }
  copies.delete(operation);
  await append(operation, 'source', { kind: 'done', step, move: 'run', facts: {} });
}

/** A step fails until it needs a person: the first failure is what people must hear of. */
async function fail(operation: string): Promise<void> {
  failing.add(operation);
  const { step } = copies.get(operation) ?? { step: 'copyDirtyRounds' };
  copies.delete(operation);
  const problem = { code: 'stream-unreachable', facts: { operation, waitSeconds: 600 } };
  const failed = { kind: 'failed', step, move: 'run', outcome: 'unknown', problem } as const;
  const first = await append(operation, 'source', failed);
  tell({ failed: operation, at: first.at });
  for (let failures = 1; failures < FAILURES; failures += 1) {
    await append(operation, 'source', { kind: 'started', step, move: 'run' });
    await append(operation, 'source', failed);
  }
}

async function beat(): Promise<void> {
  const at = await journal.now();
  for (const { name } of identities) await records.put(`heartbeats/${name}`, { at });
}

for (const identity of identities) {
  const registration = signRegistration(identity, { host: '127.0.0.1', port: 7420 });
  await records.put(`registrations/${identity.name}`, registration);
  const { name } = identity;
  const concurrency = JOBS_AT_ONCE;
  await queues.worker(queueName(name), (job) => answer(name, job), { concurrency });
}
await beat();
process.on('message', (asked: HostsAsked) => void fail(asked.fail));
const codes = identities.map(({ name, publicKey }) => [name, enrolmentCode(publicKey)]);
tell({ ready: Object.fromEntries(codes) });

let cursor = 0;
let beatenAt = Date.now();
// Until its parent ends it. What fails here ends it too, and so the bench.
for (;;) {
  const startedAt = Date.now();
  const changes = await journal.changes(cursor);
  for (const operation of changes.operations) await goOn(operation);
  cursor = changes.cursor;
  for (const [operation, copy] of copies) await report(operation, copy);
  if (startedAt - beatenAt >= HEARTBEAT_MS) {
    beatenAt = startedAt;
    await beat();
  }
  tell({ copying: [...copies.keys()] });
  await pause(Math.max(0, LOOK_MS - (Date.now() - startedAt)));
}
