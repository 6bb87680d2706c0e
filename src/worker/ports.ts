/** Everything a worker is made of, wired to the ports of the steps. */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Queues } from '../../jobs/queues.ts';
import type { WorkerConfig } from '../config.ts';
import type { HostFacts } from '../domain/host.ts';
import { type Opened, openedOf } from '../domain/journal.ts';
import { SPACE_LIMITS, type SpaceLimits } from '../domain/space.ts';
import type { Host } from '../hosts/host.ts';
import type { Logger } from '../log.ts';
import type { Runner } from '../migration/advance.ts';
import type { Task } from '../migration/next-action.ts';
import type { Notebook, Peer, StepPorts } from '../migration/ports.ts';
import { claimOf } from '../migration/steps/reserve-target.ts';
import { runChecks } from '../preflight/checks.ts';
import { ferryFolder } from '../preflight/copy-paths.ts';
import type { Store } from '../store/store.ts';
import type { Sender } from '../stream/sender.ts';
import type { Identity } from '../trust/identity.ts';
import type { Memory } from '../trust/memory.ts';
import { type HostCopies, hostCopies } from './copies.ts';
import { signingJournal } from './journal.ts';
import { labFaults } from './lab-faults.ts';
import { leftBehind } from './left-behind.ts';
import { peerOf } from './peer.ts';
import { moveProgressWriter, progressWriter } from './progress.ts';
import { sideOf } from './questions.ts';
import { reached } from './reach.ts';
import { rememberedOpen } from './remembered.ts';
import type { HostReservations } from './reservations.ts';
import { type SourceEnd, sourceEnd } from './source-end.ts';
import { type TargetEnd, targetEnd } from './target-end.ts';

export interface Own {
  readonly config: WorkerConfig;
  readonly log: Logger;
  readonly identity: Identity;
  readonly store: Store;
  readonly queues: Queues;
  readonly host: Host;
  readonly memory: Memory;
  readonly sender: Sender;
  readonly notebook: Notebook;
  readonly reservations: HostReservations;
}

export interface Parts extends Own {
  readonly steps: StepPorts;
  readonly stream: SourceEnd;
  readonly copies: TargetEnd;
  readonly kept: HostCopies;
  runnerOf(operation: string, stopping: AbortSignal): Promise<Runner>;
  /** The other host, for what is asked again soon anyway. */
  peerOnce(operation: string, opened: Opened): Peer;
  /** After a restart: offers and receives again what an open operation needs. */
  goOn(operation: string, opened: Opened, tasks: readonly Task[]): Promise<void>;
}

const STOP_AND_START_SECONDS = 5;
/** The lab's volumes may be small. */
const spaceLimits = ({ FERRY_LAB_SPACE: bytesFreeMin }: WorkerConfig): SpaceLimits =>
  bytesFreeMin === undefined ? SPACE_LIMITS : { bytesFreeMin, shareFreeMin: 0 };

const NOTHING = { bytesReserved: 0, memoryBytesReserved: 0 };
const FOREIGN_CHECKPOINT_SECONDS = 3600;
const LATE_STOP_SECONDS = 86_400;

export async function portsOf(own: Own): Promise<Parts> {
  const { config, identity, store, host, memory, sender, notebook, reservations, log } = own;
  const directory = join(config.FERRY_STATE, 'streams');
  const faults = labFaults(config);
  const stream = sourceEnd({
    directory,
    sender,
    targetOf: async (operation) => openedOf(await memory.seen(operation)).parties.target.publicKey,
    patienceSeconds: config.FERRY_PATIENCE_SECONDS,
    onProgress: progressWriter(store.records, log),
    ...faults.stream,
  });
  const { records } = store;
  const roots = async () => (await host.facts()).volumes.map(({ path }) => ferryFolder(path));
  const addresses = join(config.FERRY_STATE, 'addresses');
  const isLab = config.FERRY_LAB !== undefined;
  const left = leftBehind({
    directory: join(config.FERRY_STATE, 'left-behind'),
    keepDays: config.FERRY_KEEP_DAYS,
  });
  const copies = targetEnd({
    directory,
    roots,
    left,
    host: identity.name,
    identity,
    records,
    addresses,
    log,
    volumes: () => host.volumes(),
  });
  const remembered = rememberedOpen(memory);
  const kept = hostCopies({ facts: () => host.facts(), remembered, left });
  const roles = new Map<string, 'source' | 'target'>();
  const journal = signingJournal({
    store: store.journal,
    identity,
    botFingerprint: config.FERRY_BOT,
    roleIn: (operation) => roles.get(operation) ?? 'source',
  });
  const steps: StepPorts = {
    host,
    peer: () => {
      throw new Error('A peer belongs to an operation');
    },
    stream,
    copies,
    kept,
    reservations,
    notebook,
    memory,
    journal: faults.journal(journal),
    // The copy lies there already and the facts leave out what this operation holds.
    recheck: async (subject, method) => {
      const seen = method === 'live' ? await reached(host, subject) : subject;
      return runChecks({ ...seen, own: NOTHING }, { method, phase: 'recheck' });
    },
    showMove: moveProgressWriter(store.records, log),
    sleep: (seconds, signal) => pause(seconds * 1000, undefined, { signal }),
    now: Date.now,
    timing: {
      stopTimeoutSeconds: config.FERRY_STOP_SECONDS,
      confirmTimeoutSeconds: config.FERRY_CONFIRM_SECONDS,
      stopAndStartSeconds: STOP_AND_START_SECONDS,
      lateStopSeconds: LATE_STOP_SECONDS,
      foreignCheckpointPatienceSeconds: FOREIGN_CHECKPOINT_SECONDS,
    },
    space: spaceLimits(config),
  };
  return {
    ...own,
    steps,
    stream,
    copies,
    kept,
    async runnerOf(operation, stopping) {
      const opened = openedOf(await journal.read(operation));
      const side = sideOf(opened, identity.publicKey);
      roles.set(operation, side);
      const peer: Peer = peerOf(opened, operation, { identity, records, addresses, isLab });
      return { side, ports: { ...steps, peer: () => peer }, stopping };
    },
    peerOnce: (operation, opened) =>
      peerOf(opened, operation, { identity, records, addresses, isLab, patienceSeconds: 0 }),
    async goOn(operation, opened, tasks) {
      if (opened.operation === 'deletion') return;
      if (tasks.length === 0 || tasks.every(({ move }) => move === 'undo')) return;
      if (opened.operation === 'restore') return;
      if (sideOf(opened, identity.publicKey) === 'source') await stream.goOn(operation);
      else {
        await reservations.change(claimOf(opened.plan, operation));
        await copies.goOn(operation, opened);
      }
    },
  };
}

type Counting = Pick<Parts, 'host' | 'reservations' | 'kept'>;

/** The host with what it has promised, and with the copies that lie there. */
export async function countedFacts({ host, reservations, kept }: Counting): Promise<HostFacts> {
  const facts = await host.facts();
  return { ...(await reservations.counted(facts)), kept: await kept.all(facts) };
}

/** The target's facts as its own operation sees them at the recheck: what it holds is not in its way. */
export const factsWithout =
  ({ host, reservations, kept }: Counting) =>
  async (operation: string): Promise<HostFacts> => {
    const facts = await host.facts();
    const counted = await reservations.countedWithout(facts, operation);
    return { ...counted, kept: await kept.all(facts) };
  };
