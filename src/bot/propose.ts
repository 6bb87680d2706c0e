/** From a person's wish to an opened operation: look at the hosts, check, plan, sign. */

import type { HostFacts } from '../domain/host.ts';
import { type Opened, type Party, vmClaim } from '../domain/journal.ts';
import { planHash } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';
import { hasBlocker, runChecks } from '../preflight/checks.ts';
import { makePlan } from '../preflight/plan.ts';
import type { Proposed, ProposeRequest } from '../slack/ports.ts';
import type { JournalStore, Records } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import { appendSigned } from '../worker/journal.ts';
import type { KnownHost } from './hosts.ts';

/** Names alike enough to be what a person meant. */
const SUGGESTIONS_MAX = 5;

export interface Inspected {
  readonly host: HostFacts;
  readonly vm?: VmFacts;
}

export interface Proposing {
  readonly store: JournalStore;
  readonly records: Records;
  readonly identity: Identity;
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
  const looks = await Promise.all(ready.map((party) => lookAt(from, party, request.vm)));
  const source = sourceAmong(looks, request);
  if (source.party.name === target.name) {
    throw new Problem('same-host', { vm: source.vm.name, host: target.name });
  }
  await refuseClaimed(from.store, source.vm);
  const there = looks.find(({ party }) => party.name === target.name);
  if (!there?.inspected) throw there?.error ?? new Problem('host-away', { host: target.name });
  const subject = { vm: source.vm, source: source.host, target: there.inspected.host };
  const findings = runChecks(subject, { method: 'stream', phase: 'plan' });
  if (hasBlocker(findings)) return { refused: findings };
  const { plan } = makePlan(subject, { findings, pauseSecondsMax: from.pauseSecondsMax });
  const operation = await from.store.nextOperation();
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

async function refuseClaimed(store: JournalStore, vm: VmFacts): Promise<void> {
  const holder = await store.holder(vmClaim(vm.id));
  if (holder) throw new Problem('vm-claimed', { vm: vm.name, holder });
}

function enrolledHost(hosts: readonly KnownHost[], wanted: string): Party {
  const host = hosts.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const known = hosts.flatMap(({ name, party }) => (party ? [name] : []));
  if (!host) throw new Problem('host-unknown', { host: wanted, known });
  if (!host.party) throw new Problem('host-not-enrolled', { host: host.name });
  return host.party;
}

interface Look {
  readonly party: Party;
  readonly inspected?: Inspected;
  readonly error?: unknown;
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
  const silent = looks.flatMap(({ party, error }) => (error ? [party.name] : []));
  const names = looks.flatMap(({ inspected }) => inspected?.host.vms.map((one) => one.name) ?? []);
  const known = [...new Set(names)].toSorted().slice(0, SUGGESTIONS_MAX);
  throw new Problem('vm-unknown', { vm, known, silent });
}
