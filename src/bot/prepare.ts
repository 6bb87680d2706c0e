/** What a wish would become: look at the hosts, check, measure the link, plan. Opens nothing. */

import { bySeverity, type Finding } from '../domain/finding.ts';
import { copyClaim, type Entry, openedOf, type Party, vmClaim } from '../domain/journal.ts';
import type { Plan } from '../domain/plan.ts';
import { Problem, type ProblemRecord } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';
import type { Subject } from '../preflight/check.ts';
import { hasBlocker, runChecks } from '../preflight/checks.ts';
import { type Choice, chosenMethod, lacksMethod } from '../preflight/method.ts';
import { sharedNetwork } from '../preflight/network.ts';
import { makePlan } from '../preflight/plan.ts';
import { onVolume } from '../preflight/volume.ts';
import type { Estimate } from '../slack/operation-view.ts';
import type { Wish } from '../slack/ports.ts';
import type { JournalStore } from '../store/store.ts';
import type { Remembered } from '../worker/remembered.ts';
import { type Estimating, estimateFor } from './estimate.ts';
import type { KnownHost } from './hosts.ts';
import {
  enrolledHost,
  type Looking,
  type LookingAcross,
  lookAcross,
  lookEverywhere,
  type Source,
  sourceAmong,
} from './looks.ts';
import { linkFinding } from './measured-link.ts';

export interface Preparing extends Estimating, Looking, LookingAcross {
  readonly store: Pick<JournalStore, 'list' | 'read' | 'now' | 'holder'>;
  /** Operations that the bot saw and that are not closed. */
  readonly remembered: () => Promise<Remembered[]>;
  readonly hosts: () => Promise<KnownHost[]>;
  readonly pauseSecondsMax: number;
}

export interface Prepared {
  readonly source: Party;
  readonly target: Party;
  /** Blockers first. */
  readonly findings: readonly Finding[];
  /** Another operation that holds the VM, or its left-over at the target: nothing may be opened. */
  readonly claimed?: ProblemRecord;
  /** Absent when a blocker forbids it. */
  readonly plan?: Plan;
  readonly estimate?: Estimate;
}

/**
 * Looks at all hosts, and checks and plans what is wished for. `check` may refuse where the VM is.
 * @throws {Problem} host-unknown | host-not-enrolled | host-away | vm-unknown | same-host |
 * volume-unknown | channel-not-for-hosts
 */
export async function prepare(
  from: Preparing,
  wish: Wish,
  check: (source: Source) => void = () => undefined,
): Promise<Prepared> {
  const hosts = await from.hosts();
  const target = enrolledHost(hosts, wish.target);
  const looks = await lookEverywhere(from, hosts, wish.vm);
  const source = sourceAmong(looks, wish);
  check(source);
  if (source.party.name === target.name) {
    throw new Problem('same-host', { vm: source.vm.name, host: target.name });
  }
  refuseForeign(wish, source.party.name, target.name);
  const parties = { source: source.party, target };
  const claimed = await claimOf(from, source.vm, target.name);
  const there = looks.find(({ party }) => party.name === target.name);
  if (!there?.inspected) {
    if (claimed) return { ...parties, findings: [], claimed };
    throw there?.error ?? new Problem('host-away', { host: target.name });
  }
  const host = onVolume(there.inspected.host, wish.volume);
  const { switches = [] } = wish;
  const asked = { vm: source.vm, source: source.host, target: host, switches };
  const subject = await lookAcross(from, asked);
  const choice = chosenMethod(subject, wish.method);
  const checked = checkedFor(subject, choice);
  if (claimed || hasBlocker(checked)) {
    return { ...parties, findings: checked, ...(claimed ? { claimed } : {}) };
  }
  return { ...parties, ...(await planned(from, subject, { wish, choice, checked })) };
}

type Bounds = Pick<Wish, 'pauseSecondsMax' | 'bytesPerSecondMax' | 'startAt' | 'cutoverAt'>;

/** The link is measured last: nobody waits for it where nothing can be moved. */
export async function planned(
  from: Preparing,
  subject: Subject,
  { wish, choice, checked }: { wish: Bounds; choice: Choice; checked: readonly Finding[] },
): Promise<Pick<Prepared, 'findings' | 'plan' | 'estimate'>> {
  const { pauseSecondsMax = from.pauseSecondsMax, bytesPerSecondMax, startAt, cutoverAt } = wish;
  const limit = bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax };
  const estimate = await estimateFor(from, subject, { pauseSecondsMax, ...limit });
  const network = sharedNetwork(subject.source, subject.target);
  const findings = bySeverity([...checked, ...(network ? linkFinding(network, estimate) : [])]);
  const { bytesPerSecond } = estimate;
  const times = {
    ...(startAt === undefined ? {} : { startAt }),
    ...(cutoverAt === undefined ? {} : { cutoverAt }),
  };
  const bounds = { pauseSecondsMax, bytesPerSecond, ...limit, ...times };
  const { plan } = makePlan(subject, { findings, ...choice, ...bounds });
  return { findings, plan, estimate };
}

/** Asked for a way that a host does not have, it says so instead of choosing another. */
export function checkedFor(subject: Subject, { method, streamPossible }: Choice): Finding[] {
  const { vm } = subject;
  const facts = { vm: vm.name };
  const lacking = lacksMethod(subject, method);
  const blocked: ProblemRecord[] = [
    ...(lacking === undefined
      ? []
      : [{ code: 'method-unavailable', facts: { ...facts, host: lacking, method } }]),
  ];
  const possible: ProblemRecord[] = streamPossible ? [{ code: 'stream-possible', facts }] : [];
  const check = 'method';
  return bySeverity([
    ...runChecks(subject, { method, phase: 'plan' }),
    ...blocked.map((said) => ({ check, severity: 'blocker' as const, ...said })),
    ...possible.map((said) => ({ check, severity: 'warning' as const, ...said })),
  ]);
}

/** The channel it was asked in may not touch every host; where the VM is shows only here. */
export function refuseForeign(
  { hosts = 'all' }: Pick<Wish, 'hosts'>,
  ...names: readonly string[]
): void {
  if (hosts === 'all') return;
  const here = hosts.map((host) => host.toLowerCase());
  const foreign = names.filter((name) => !here.includes(name.toLowerCase()));
  if (foreign.length > 0)
    throw new Problem('channel-not-for-hosts', { hosts: foreign, here: hosts });
}

/** Who holds the VM by what the bot saw or by the store, or the left-over of it at the target. */
export async function claimOf(
  { store, remembered }: Preparing,
  vm: VmFacts,
  target: string,
): Promise<ProblemRecord | undefined> {
  const holds = ({ entries }: Remembered): boolean =>
    openedOf(entries).plan.vm.id === vm.id &&
    !yields(entries) &&
    !entries.some(({ body }) => body.kind === 'settled');
  // A store that was set back lost the claim as well; the bot's own memory did not.
  const remembers = (await remembered()).find(holds)?.operation;
  // The VM's claim first: who settles takes the left-over's claim as that one is released.
  const holder = remembers ?? (await store.holder(vmClaim(vm.id)));
  if (holder && !yields(await store.read(holder)))
    return { code: 'vm-claimed', facts: { vm: vm.name, holder } };
  const cleaner = await store.holder(copyClaim(vm.id, target));
  if (!cleaner) return undefined;
  return { code: 'left-over-claimed', facts: { vm: vm.name, host: target, holder: cleaner } };
}

/** What keeps a VM aligned ends where another operation wants the VM. */
const yields = (entries: readonly Entry[]): boolean =>
  entries[0]?.body.kind === 'opened' && entries[0].body.operation === 'alignment';
