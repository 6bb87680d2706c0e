/** From a lost host and a copy to the operation that starts the VM elsewhere: asked of people, twice. */

import type { Finding } from '../../domain/finding.ts';
import {
  copyClaim,
  type OpenedRestore,
  openedOf,
  type Party,
  vmClaim,
} from '../../domain/journal.ts';
import { planHash, type RestorePlan } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import type { VmAbout } from '../../domain/vm.ts';
import type { KeptCopy } from '../../migration/kept.ts';
import type { DeletionRequest, Proposed } from '../../slack/ports.ts';
import { entriesOf } from '../history.ts';
import { enrolledHost, type Look, lookEverywhere } from '../looks.ts';
import { openOperation } from '../propose.ts';
import { request } from '../requests.ts';
import type { SpokenFor } from './align.ts';
import { type Aligning, type Found, runningAlignment } from './alignment-operations.ts';
import { standingOrders } from './alignments.ts';

/** Whatever is configured: one person alone does not decide that a host is lost. */
const APPROVERS_MIN = 2;
/** To show its heartbeat. */
const CONFIRM_SECONDS = 300;

export interface Restoring extends Aligning {
  readonly copiesOn: (host: string) => Promise<readonly KeptCopy[]>;
  readonly spoken: SpokenFor;
  readonly onForged: Parameters<typeof standingOrders>[0]['onForged'];
}

type Startable = KeptCopy & { readonly about: VmAbout };

/**
 * Opens the operation once nothing that answers has the VM. The target asks the source again before
 * anything starts.
 * @throws {Problem} copy-unknown | copies-of-several-vms | copy-in-use | copy-without-definition |
 * domain-controller-older | restore-source-runs | restore-source-there | vm-claimed, and as `enrolledHost`
 */
export async function proposeRestore(
  from: Restoring,
  { vm: name, host, user, channel }: DeletionRequest,
): Promise<Proposed> {
  const hosts = await from.hosts();
  const target = enrolledHost(hosts, host);
  const copy = await newestCopy(from, { vm: name, host: target.name });
  const { vm } = copy;
  return await from.spoken.during(vm.id, async () => {
    const looks = await lookEverywhere(from, hosts, vm.name);
    refuseWhereThere(looks, { copy, target: target.name });
    const source = await lostHost(from, copy);
    const freshAt = await freshnessOf(from, copy);
    const plan = planFor(copy, { looks, source: source.name, target: target.name, freshAt });
    const findings = await findingsFor(from, plan);
    const running = await runningAlignment(from, vm.id);
    if (running) await supersede(from, running, user);
    const opened: OpenedRestore = {
      kind: 'opened',
      operation: 'restore',
      list: 'restore@1',
      plan: { ...plan, acknowledged: findings.map(({ code }) => code) },
      planHash: '',
      requestedBy: user,
      approversNeeded: Math.max(APPROVERS_MIN, from.approversNeeded),
      twoPersons: from.twoPersons,
      parties: { bot: { name: 'bot', publicKey: from.identity.publicKey }, source, target },
      channel,
    };
    const operation = await openOperation(
      from,
      { ...opened, planHash: planHash(opened.plan) },
      { findings },
    );
    return { operation };
  });
}

async function newestCopy(
  from: Restoring,
  { vm, host }: { readonly vm: string; readonly host: string },
): Promise<Startable> {
  const all = (await from.copiesOn(host)).filter(
    (copy) => copy.kind === 'received' && copy.vm.name.toLowerCase() === vm.toLowerCase(),
  );
  if (new Set(all.map((copy) => copy.vm.id)).size > 1) {
    throw new Problem('copies-of-several-vms', {
      vm,
      host,
      folders: all.map(({ folder }) => folder),
    });
  }
  const [copy] = all.toSorted((a, b) => b.committedAt - a.committedAt);
  if (!copy) throw new Problem('copy-unknown', { vm, host });
  const { about, folder } = copy;
  if (!about) throw new Problem('copy-without-definition', { vm: copy.vm.name, host, folder });
  if (about.domainController) {
    throw new Problem('domain-controller-older', { vm: copy.vm.name, host });
  }
  return { ...copy, about };
}

function refuseWhereThere(
  looks: readonly Look[],
  { copy, target }: { readonly copy: KeptCopy; readonly target: string },
): void {
  const found = looks.find(({ inspected }) => inspected?.vm?.id === copy.vm.id);
  if (!found) return;
  const facts = { vm: copy.vm.name, host: found.party.name, target };
  const runs = found.inspected?.vm?.state === 'Running';
  throw new Problem(runs ? 'restore-source-runs' : 'restore-source-there', facts);
}

/** Who sent the copy had the VM then; where a later operation has ended, the one of its newest home. */
async function lostHost(from: Restoring, copy: KeptCopy): Promise<Party> {
  const { parties } = openedOf(await entriesOf(from, copy.operation));
  return parties.source;
}

/** An order knows when the newest round began; without one, when it was committed has to do. */
async function freshnessOf(from: Restoring, copy: KeptCopy): Promise<number> {
  const orders = await standingOrders(from);
  const order = orders.find(({ vm }) => vm.id === copy.vm.id);
  return Math.min(order?.freshAt ?? copy.committedAt, copy.committedAt);
}

function planFor(
  copy: Startable,
  {
    looks,
    source,
    target,
    freshAt,
  }: {
    readonly looks: readonly Look[];
    readonly source: string;
    readonly target: string;
    readonly freshAt: number;
  },
): RestorePlan {
  const { vm, about, folder, operation, round, committedAt, bytes } = copy;
  const there = looks.find(({ party }) => party.name === target);
  if (!there?.inspected) throw there?.error ?? new Problem('host-away', { host: target });
  return {
    vm,
    source,
    target,
    method: 'restore',
    copy: { folder, operation, round, committedAt, bytes },
    freshAt: Math.trunc(freshAt),
    networks: about.adapters.flatMap(({ name: adapter, ...on }) =>
      on.switch === undefined ? [] : [{ adapter, switch: on.switch }],
    ),
    volume: there.inspected.host.vmVolume,
    memoryStartupBytes: about.memoryStartupBytes,
    startAction: about.startAction,
    pauseSecondsMax: CONFIRM_SECONDS,
    acknowledged: [],
  };
}

/** What people must know: that the host is only silent, and what is not in the copy. */
async function findingsFor(from: Restoring, plan: RestorePlan): Promise<readonly Finding[]> {
  const now = await from.store.now();
  const known = (await from.hosts()).find(({ name }) => name === plan.source);
  const since = (at: number): number => Math.max(0, Math.round((now - at) / 1000));
  const warn = (code: string, facts: Finding['facts']): Finding => {
    return { check: 'restore', severity: 'warning', code, facts };
  };
  const silent = since(known?.seenAt ?? plan.freshAt);
  return [
    warn('restore-source-silent', { vm: plan.vm.name, host: plan.source, seconds: silent }),
    warn('restore-loses', { vm: plan.vm.name, seconds: since(plan.freshAt) }),
  ];
}

/**
 * Its host cannot end it: what is left to do there waits for the host, and the VM is free. It is taken
 * back first, so that nobody sends another round.
 */
async function supersede(from: Restoring, found: Found, by: string): Promise<void> {
  const { operation, opened } = found;
  const { vm, target } = opened.plan;
  await request(from, { operation, author: 'bot' }, ({ state }) =>
    state.rollingBack ? undefined : { body: { kind: 'cancelled', by } },
  );
  await request(from, { operation, author: 'bot' }, ({ state }) =>
    state.settled
      ? undefined
      : {
          body: { kind: 'settled', home: 'source' },
          claims: { release: [vmClaim(vm.id)], take: [copyClaim(vm.id, target)] },
        },
  );
  await from.wake(operation);
}
