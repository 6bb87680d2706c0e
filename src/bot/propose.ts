/** From a person's wish to an opened operation: look at the hosts, check, plan, sign. */

import type { HostFacts } from '../domain/host.ts';
import { copyClaim, type Opened, openedOf, type Party, vmClaim } from '../domain/journal.ts';
import { planHash } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';
import { hasBlocker, runChecks } from '../preflight/checks.ts';
import { makePlan } from '../preflight/plan.ts';
import type { Proposed, ProposeRequest } from '../slack/ports.ts';
import type { JournalStore, Records } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import type { Memory } from '../trust/memory.ts';
import { appendSigned } from '../worker/journal.ts';
import type { Remembered } from '../worker/remembered.ts';
import { type KnownHost, SILENT_SECONDS } from './hosts.ts';

/** Names alike enough to be what a person meant. */
const SUGGESTIONS_MAX = 5;
/** A store that was set back gives numbers again; so many are passed over in one request. */
const NAMES_MAX = 1000;

export interface Inspected {
  readonly host: HostFacts;
  readonly vm?: VmFacts;
}

export interface Proposing {
  readonly store: JournalStore;
  readonly records: Records;
  readonly identity: Identity;
  /** What the bot has seen of operations, whatever the store says now. */
  readonly memory: Pick<Memory, 'operations' | 'seen'>;
  /** Operations that the bot saw and that are not closed. */
  readonly remembered: () => Promise<Remembered[]>;
  readonly hosts: () => Promise<KnownHost[]>;
  /** A worker's own look at its host. */
  readonly inspect: (host: string, vm: string) => Promise<Inspected>;
  readonly pauseSecondsMax: number;
  readonly approversNeeded: number;
}

/** Opens the operation with its claim, or says why not. */
export async function propose(from: Proposing, request: ProposeRequest): Promise<Proposed> {
  const hosts = await from.hosts();
  const target = enrolledHost(hosts, request.target);
  const ready = hosts.flatMap((host) => (host.party ? [host.party] : []));
  const now = await from.store.now();
  const away = new Set(hosts.filter((host) => isAway(host, now)).map(({ name }) => name));
  const looks = await Promise.all(
    ready.map(async (party): Promise<Look> => {
      if (!away.has(party.name)) return await lookAt(from, party, request.vm);
      // Nobody waits for an answer from a worker that has been silent for a while.
      return { party, error: new Problem('host-away', { host: party.name }) };
    }),
  );
  const source = sourceAmong(looks, request);
  if (source.party.name === target.name) {
    throw new Problem('same-host', { vm: source.vm.name, host: target.name });
  }
  await refuseRemembered(from, source.vm);
  await refuseClaimed(from.store, source.vm, target.name);
  const there = looks.find(({ party }) => party.name === target.name);
  if (!there?.inspected) throw there?.error ?? new Problem('host-away', { host: target.name });
  const subject = { vm: source.vm, source: source.host, target: there.inspected.host };
  const findings = runChecks(subject, { method: 'stream', phase: 'plan' });
  if (hasBlocker(findings)) return { refused: findings };
  const { plan } = makePlan(subject, { findings, pauseSecondsMax: from.pauseSecondsMax });
  const operation = await freshName(from);
  await from.records.put(`findings/${operation}`, findings);
  const opened: Opened = {
    kind: 'opened',
    operation: 'migration',
    list: 'stream@1',
    plan,
    planHash: planHash(plan),
    requestedBy: request.user,
    approversNeeded: from.approversNeeded,
    parties: {
      bot: { name: 'bot', publicKey: from.identity.publicKey },
      source: source.party,
      target,
    },
    channel: request.channel,
  };
  await open(from, operation, opened);
  return { operation };
}

async function open(from: Proposing, operation: string, body: Opened): Promise<void> {
  const entry = { operation, entries: [], author: 'bot', body } as const;
  const claims = { take: [vmClaim(body.plan.vm.id)] };
  const result = await appendSigned(from, entry, claims);
  if (result.result === 'appended') return;
  const vm = body.plan.vm.name;
  const holder = result.result === 'claimed' ? result.holder : operation;
  throw new Problem('vm-claimed', { vm, holder });
}

/** A name that the store has forgotten still means the old operation to everyone who saw it. */
async function freshName({ store, memory }: Proposing): Promise<string> {
  for (let tries = 0; tries < NAMES_MAX; tries += 1) {
    const operation = await store.nextOperation();
    if ((await memory.seen(operation)).length === 0) return operation;
  }
  throw new Problem('store-set-back', { tries: NAMES_MAX });
}

/** The VM's claim first: who settles takes the left-over's claim as that one is released. */
/** A store that was set back lost the claim as well; the bot's own memory did not. */
async function refuseRemembered({ remembered }: Proposing, vm: VmFacts): Promise<void> {
  const holds = ({ entries }: Remembered): boolean =>
    openedOf(entries).plan.vm.id === vm.id && !entries.some(({ body }) => body.kind === 'settled');
  const holder = (await remembered()).find(holds)?.operation;
  if (holder) throw new Problem('vm-claimed', { vm: vm.name, holder });
}

async function refuseClaimed(store: JournalStore, vm: VmFacts, target: string): Promise<void> {
  const holder = await store.holder(vmClaim(vm.id));
  if (holder) throw new Problem('vm-claimed', { vm: vm.name, holder });
  const cleaner = await store.holder(copyClaim(vm.id, target));
  if (cleaner)
    throw new Problem('left-over-claimed', { vm: vm.name, host: target, holder: cleaner });
}

function enrolledHost(hosts: readonly KnownHost[], wanted: string): Party {
  const named = hosts.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  // Anybody may have registered another spelling; the enrolled one is meant.
  const host = named.find(({ party }) => party) ?? named[0];
  const known = hosts.flatMap(({ name, party }) => (party ? [name] : []));
  if (!host) throw new Problem('host-unknown', { host: wanted, known });
  if (host.party) return host.party;
  if (host.problem) throw new Problem(host.problem.code, host.problem.facts);
  throw new Problem('host-not-enrolled', { host: host.name });
}

interface Look {
  readonly party: Party;
  readonly inspected?: Inspected;
  readonly error?: Problem;
}

/** A silent host is no reason to stop: the VM may be on another. What it is shows later. */
async function lookAt(from: Proposing, party: Party, vm: string): Promise<Look> {
  try {
    return { party, inspected: await from.inspect(party.name, vm) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { party, error };
  }
}

const isAway = ({ seenAt }: KnownHost, now: number): boolean =>
  seenAt !== undefined && now - seenAt > SILENT_SECONDS * 1000;

interface Source {
  readonly party: Party;
  readonly host: HostFacts;
  readonly vm: VmFacts;
}

function sourceAmong(looks: readonly Look[], { vm, target }: ProposeRequest): Source {
  const found = looks.flatMap(({ party, inspected }) =>
    inspected?.vm ? [{ party, host: inspected.host, vm: inspected.vm }] : [],
  );
  const elsewhere = found.filter(({ party }) => party.name.toLowerCase() !== target.toLowerCase());
  const running = elsewhere.find((one) => one.vm.state === 'Running');
  const source = running ?? elsewhere[0] ?? found[0];
  if (source) return source;
  const answered = looks.find(({ error }) => error && error.code !== 'worker-silent');
  if (answered?.error) throw answered.error;
  const silent = looks.flatMap(({ party, error }) => (error ? [party.name] : []));
  const names = looks.flatMap(({ inspected }) => inspected?.host.vms.map((one) => one.name) ?? []);
  const known = [...new Set(names)].toSorted().slice(0, SUGGESTIONS_MAX);
  throw new Problem('vm-unknown', { vm, known, silent });
}
