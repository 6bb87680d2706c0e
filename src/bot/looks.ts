/** Who is where: every host's own look, and the host that a wish means by its name. */

import type { HostFacts } from '../domain/host.ts';
import type { ReachFacts, Towards } from '../domain/hyperv.ts';
import type { Party } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';
import type { Subject } from '../preflight/check.ts';
import { towardsOf, withReach } from '../preflight/reach.ts';
import type { Wish } from '../slack/ports.ts';
import type { JournalStore } from '../store/store.ts';
import { type KnownHost, SILENT_SECONDS } from './hosts.ts';

/** Names that a person may have meant; a problem is kept small. */
const KNOWN_MAX = 200;

export interface Inspected {
  readonly host: HostFacts;
  readonly vm?: VmFacts;
}

export type ToldOfHost = Pick<HostFacts, 'maintenance' | 'window'>;

export interface Looking {
  readonly store: Pick<JournalStore, 'now'>;
  /** A worker's own look at its host. */
  readonly inspect: (host: string, vm: string) => Promise<Inspected>;
  /** What the bot itself was told of a host, and the host does not know. */
  readonly toldOf?: (host: string) => Promise<ToldOfHost>;
}

export interface LookingAcross {
  /** How a worker's host sees another one. */
  readonly inspectTowards?: (host: string, towards: Towards) => Promise<ReachFacts | undefined>;
}

/** One host's answer, or why there is none. */
export interface Look {
  readonly party: Party;
  readonly inspected?: Inspected;
  readonly error?: Problem;
}

/** Asks all enrolled hosts at once. */
export async function lookEverywhere(
  from: Looking,
  hosts: readonly KnownHost[],
  vm: string,
): Promise<Look[]> {
  const ready = hosts.flatMap((host) => (host.party ? [host.party] : []));
  const now = await from.store.now();
  const away = new Set(hosts.filter((host) => isAway(host, now)).map(({ name }) => name));
  return await Promise.all(
    ready.map(async (party): Promise<Look> => {
      if (!away.has(party.name)) return await lookAt(from, party, vm);
      // Nobody waits for an answer from a worker that has been silent for a while.
      return { party, error: new Problem('host-away', { host: party.name }) };
    }),
  );
}

/** @throws {Problem} host-unknown | host-not-enrolled, or why its enrolment is not believed */
export function enrolledHost(hosts: readonly KnownHost[], wanted: string): Party {
  const named = hosts.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  // Anybody may have registered another spelling; the enrolled one is meant.
  const host = named.find(({ party }) => party) ?? named[0];
  const known = hosts.flatMap(({ name, party }) => (party ? [name] : []));
  if (!host) throw new Problem('host-unknown', { host: wanted, known });
  if (host.party) return host.party;
  if (host.problem) throw new Problem(host.problem.code, host.problem.facts);
  throw new Problem('host-not-enrolled', { host: host.name });
}

/** A silent host is no reason to stop: the VM may be on another. What it is shows later. */
async function lookAt(from: Looking, party: Party, vm: string): Promise<Look> {
  try {
    const inspected = await from.inspect(party.name, vm);
    const told = await from.toldOf?.(party.name);
    return { party, inspected: { ...inspected, host: { ...inspected.host, ...told } } };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { party, error };
  }
}

const isAway = ({ seenAt }: KnownHost, now: number): boolean =>
  seenAt !== undefined && now - seenAt > SILENT_SECONDS * 1000;

export interface Source {
  readonly party: Party;
  readonly host: HostFacts;
  readonly vm: VmFacts;
}

/** Where the VM runs; where it is registered at least. @throws {Problem} vm-unknown */
export function sourceAmong(looks: readonly Look[], { vm, target, hosts = 'all' }: Wish): Source {
  const found = looks.flatMap(({ party, inspected }) =>
    inspected?.vm ? [{ party, host: inspected.host, vm: inspected.vm }] : [],
  );
  const elsewhere = found.filter(({ party }) => party.name.toLowerCase() !== target.toLowerCase());
  const running = elsewhere.find((one) => one.vm.state === 'Running');
  const source = running ?? elsewhere[0] ?? found[0];
  if (source) return source;
  // What a channel may not see is not told there either, not even as a hint.
  const here = looks.filter(({ party }) => isIn(hosts, party.name));
  const answered = here.find(({ error }) => error && error.code !== 'worker-silent');
  if (answered?.error) throw answered.error;
  const silent = here.flatMap(({ party, error }) => (error ? [party.name] : []));
  const names = here.flatMap(({ inspected }) => inspected?.host.vms.map((one) => one.name) ?? []);
  const known = [...new Set(names)].toSorted().slice(0, KNOWN_MAX);
  throw new Problem('vm-unknown', { vm, known, silent });
}

const isIn = (hosts: 'all' | readonly string[], name: string): boolean =>
  hosts === 'all' || hosts.some((host) => host.toLowerCase() === name.toLowerCase());

/**
 * Asks each of two Hyper-V hosts how it sees the other. It is the second question, because only the
 * first answers say by which name and address. What is not answered stays unknown.
 */
export async function lookAcross(from: LookingAcross, subject: Subject): Promise<Subject> {
  const { source, target } = subject;
  const seenBy = async (here: HostFacts, there: HostFacts): Promise<HostFacts> => {
    const towards = towardsOf(here, there);
    if (!towards || !from.inspectTowards) return here;
    try {
      return withReach(here, await from.inspectTowards(here.name, towards));
    } catch (error) {
      if (error instanceof Problem) return here;
      throw error;
    }
  };
  const [here, there] = await Promise.all([seenBy(source, target), seenBy(target, source)]);
  return { ...subject, source: here, target: there };
}
