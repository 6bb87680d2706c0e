/** A host's worker: wires the driver, the stream, the store and the queues, and keeps sweeping. */

import { join } from 'node:path';
import { inspectProcessor } from '../../jobs/inspect.ts';
import type { JobPayload } from '../../jobs/payloads.ts';
import { connectQueues, type Queues, queueName } from '../../jobs/queues.ts';
import { stepProcessor } from '../../jobs/step.ts';
import type { WorkerConfig } from '../config.ts';
import { peersOf } from '../doctor/peers.ts';
import { examineHost } from '../doctor/worker.ts';
import type { Towards } from '../domain/hyperv.ts';
import { type OpenHost, openHost } from '../hosts/open.ts';
import { type Logger, openLog } from '../log.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type Address, type Listening, listen } from '../stream/link.ts';
import { questionServer } from '../stream/questions.ts';
import { openSender, type Sender } from '../stream/sender.ts';
import { signRegistration } from '../trust/enrolment.ts';
import { enrolmentCode, loadOrCreateIdentity } from '../trust/identity.ts';
import { type Memory, openMemory } from '../trust/memory.ts';
import { enrolledHosts } from './enrolled.ts';
import { forgetEnded } from './forget.ts';
import { labWire } from './lab-faults.ts';
import { holdWorkerLock } from './lock.ts';
import { keepLookout } from './lookout.ts';
import { measureFrom } from './measure.ts';
import { openNotebook } from './notebook.ts';
import { countedFacts, factsWithout, type Parts, portsOf } from './ports.ts';
import { answersOf } from './questions.ts';
import { openReservations } from './reservations.ts';
import { keepSweeping } from './sweep.ts';
import { trustOf } from './trust.ts';

const HEARTBEAT_SECONDS = 5;

export interface StartedWorker {
  /** What an operator types into `/migrate enroll`. */
  readonly code: string;
  readonly fingerprint: string;
  stop(): Promise<void>;
}

/** @throws {Problem} what is wrong with configuration, store, key or address */
export async function startWorker(config: WorkerConfig): Promise<StartedWorker> {
  const log = openLog(`worker ${config.FERRY_HOST}`, config.LOG_LEVEL);
  // Whatever fails on the way, nothing of it keeps the process alive.
  await using opened = new AsyncDisposableStack();
  opened.use(await holdWorkerLock(config.FERRY_HOST, config.FERRY_STATE));
  const parts = await openParts(config, log, opened);
  const { identity, store } = parts;
  await forgetEnded(parts, log);
  const listening = await openLink(config, parts, log);
  opened.defer(() => listening.close());
  opened.defer(() => parts.copies.stop());
  const registration = signRegistration(identity, advertised(config, listening));
  await store.records.put(`registrations/${identity.name}`, registration);
  opened.defer(await startJobs(config, parts, log));
  log.info({ address: listening.address, fingerprint: identity.fingerprint }, 'worker ready');
  const running = opened.move();
  return {
    code: enrolmentCode(identity.publicKey),
    fingerprint: identity.fingerprint,
    stop: () => running.disposeAsync(),
  };
}

async function openParts(
  config: WorkerConfig,
  log: Logger,
  opened: AsyncDisposableStack,
): Promise<Parts> {
  const state = (name: string) => join(config.FERRY_STATE, name);
  const identity = await loadOrCreateIdentity(state('identity'), config.FERRY_HOST);
  const store: Store = opened.use(await openStore(config.STORE_URL));
  const onError = (error: unknown) => log.warn({ err: error }, 'queue');
  const queues: Queues = opened.use(await connectQueues(config.STORE_URL, { onError }));
  const onNoise = (script: string, lines: readonly string[]) =>
    log.debug({ script, lines }, 'said');
  const host: OpenHost = opened.use(await openHost(config, onNoise));
  const memory: Memory = openMemory(state('memory'));
  const sender: Sender = openSender();
  const notebook = await openNotebook(state('notes'));
  const reservations = openReservations(state('reservations.json'), () => host.facts());
  const own = { config, log, identity, store, queues, host, memory, sender, notebook };
  return await portsOf({ ...own, reservations });
}

async function openLink(config: WorkerConfig, parts: Parts, log: Logger): Promise<Listening> {
  const { identity, sender, memory } = parts;
  const { records } = parts.store;
  const enrolled = () => enrolledHosts({ records, botFingerprint: config.FERRY_BOT });
  const trust = trustOf({ ...parts, enrolled });
  const answers = answersOf({
    ports: parts.steps,
    memory,
    publicKey: identity.publicKey,
    opened: trust.opened,
    facts: factsWithout(parts),
    session: parts.stream.session,
    keepDefinition: parts.copies.keepDefinition,
  });
  const [host, port] = splitPlace(config.FERRY_LISTEN);
  const onWire = labWire(config);
  return await listen({
    identity,
    host,
    port,
    isKnown: trust.isKnown,
    onStream: (socket, peer) => sender.accept(onWire(socket), peer),
    onQuestion: questionServer(answers, (question, error) =>
      log.error({ question, error: String(error) }, 'question failed'),
    ),
    onRefused: (refusal) => log.warn({ ...refusal }, 'connection refused'),
  });
}

function splitPlace(place: string): [string, number] {
  const at = place.lastIndexOf(':');
  return [place.slice(0, at), Number(place.slice(at + 1))];
}

/** Listening on every address says nothing about which one the other hosts can reach. */
function advertised(config: WorkerConfig, { address }: Listening): Address {
  if (!config.FERRY_ADVERTISE) return address;
  const [host, port] = splitPlace(config.FERRY_ADVERTISE);
  return { host, port };
}

const measuringOn = ({ config, identity, store }: Parts) => ({
  identity,
  records: store.records,
  addresses: join(config.FERRY_STATE, 'addresses'),
  botFingerprint: config.FERRY_BOT,
});

/** Works until the returned function is called: running moves end at their next safe point. */
async function startJobs(
  config: WorkerConfig,
  parts: Parts,
  log: Logger,
): Promise<() => Promise<void>> {
  const { queues, store, host, identity } = parts;
  const slotsMax = await host.slots();
  const beat = async (): Promise<void> => {
    await store.records.put(`heartbeats/${identity.name}`, { at: await store.journal.now() });
  };
  await beat();
  const stopping = new AbortController();
  const sweep = keepSweeping(parts, { log, stopping: stopping.signal });
  const looking = { ...parts, publicKey: identity.publicKey, enqueue: sweep.enqueue };
  const lookout = keepLookout(looking, { log, stopping: stopping.signal });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await queues.close();
    await Promise.all([sweep.ended, lookout]);
  };
  const step = stepProcessor({
    runnerOf: (operation) => parts.runnerOf(operation, stopping.signal),
    moved: sweep.enqueue,
    halted: sweep.halted,
    resumed: sweep.resumed,
    interrupted: sweep.interrupted,
  });
  const facts = () => countedFacts(parts);
  const reach = async (towards: Towards) => await host.reach?.(towards);
  const inspect = inspectProcessor({
    facts: (operation) => (operation ? factsWithout(parts)(operation) : facts()),
    findVm: (name) => host.findVm(name),
    vm: (vmId) => host.vm(vmId),
    copies: parts.kept.all,
    reach,
  });
  const { FERRY_HOST, FERRY_STATE: state, STORE_URL: storeUrl } = config;
  const look = { reach, ...peersOf(store, queues) };
  const own = { host: FERRY_HOST, state, storeUrl, identity, records: store.records, facts, look };
  const process = async (job: JobPayload): Promise<unknown> => {
    if (job.kind === 'inspect') return await inspect(job);
    if (job.kind === 'step') return await step(job);
    if (job.kind === 'examine') return await examineHost(own, job.others);
    if (job.kind === 'measure') return await measureFrom(measuringOn(parts), job.source);
    throw new Error(`A host has no work of the kind ${job.kind}`);
  };
  try {
    // Questions are answered beside the moves that fill the slots.
    await queues.worker(queueName(config.FERRY_HOST), process, { concurrency: slotsMax + 2 });
  } catch (error) {
    await stop();
    throw error;
  }
  const beating = setInterval(() => {
    beat().catch((error: unknown) => log.warn({ error: String(error) }, 'heartbeat not stored'));
  }, HEARTBEAT_SECONDS * 1000);
  return async () => {
    clearInterval(beating);
    await stop();
  };
}
