/** From "empty this host" or "bring it all back" to a drain that asks for approval. */

import { type DrainMove, type DrainPlan, isDrainName } from '../../domain/drain.ts';
import { openedOf, type Party } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import { returning } from '../../fleet/placement.ts';
import type { DrainRequest, ReturnRequest } from '../../slack/ports.ts';
import { keepEstimate } from '../estimate.ts';
import { keepFindings } from '../findings.ts';
import { enrolledHost, type Look, lookEverywhere, type Source } from '../looks.ts';
import { refuseForeign } from '../prepare.ts';
import type { Proposing } from '../propose.ts';
import { type Ledger, look } from '../requests.ts';
import { refuseCarrier, type Standing } from './drain-carrier.ts';
import { lookDrain, openDrain, refuseClaimed } from './drain-ledger.ts';
import { type Beside, movesOf, type Target } from './drain-moves.ts';
import { maintenances } from './maintenance.ts';
import type { Telling } from './windows.ts';

export interface Draining extends Omit<Proposing, 'store' | 'identity' | 'memory'>, Ledger {
  readonly onForged: Telling['onForged'];
  /** Where the bot and its store are. */
  readonly standing: () => Promise<Standing>;
}

/** A look at a host that is not about one of its VMs. */
export const NO_VM = '';

/**
 * Looks at all hosts once, plans a move for each VM that fits, and opens the drain.
 * @throws {Problem} host-unknown | host-not-enrolled | host-away | drain-nothing | drain-nowhere |
 * drain-claimed | drain-carries-ferry | same-host | channel-not-for-hosts
 */
export async function proposeDrain(from: Draining, asked: DrainRequest): Promise<string> {
  const hosts = await from.hosts();
  const host = enrolledHost(hosts, asked.host);
  const only = asked.target === undefined ? undefined : enrolledHost(hosts, asked.target);
  if (only?.name === host.name) throw new Problem('drain-onto-itself', { host: host.name });
  refuseForeign(asked, host.name, ...(only ? [only.name] : []));
  await refuseClaimed(from, host.name);
  const looks = await lookEverywhere(from, hosts, NO_VM);
  const here = inspectedAt(looks, host.name);
  refuseCarrier(here, await from.standing());
  const targets = targetsAmong(looks, { host, only, allowed: asked.hosts ?? 'all' });
  const sources = here.vms.map((vm): Source => ({ party: host, host: here, vm }));
  if (sources.length === 0) throw new Problem('drain-nothing', { host: host.name });
  const { beside, ...planned } = await movesOf(from, sources, targets);
  const plan: DrainPlan = {
    ...{ method: 'drain', host: host.name, ...planned, atOnce: atOnceOf(planned.moves, targets) },
    ...(asked.stopOnFailure ? { stopOnFailure: true } : {}),
  };
  return await opened(from, plan, { ask: { ...asked, host }, beside });
}

/**
 * The moves of the host's drains that ended well, backwards.
 * @throws {Problem} return-nothing | host-unknown | host-not-enrolled | host-away | drain-claimed |
 * channel-not-for-hosts
 */
export async function proposeReturn(from: Draining, asked: ReturnRequest): Promise<string> {
  const hosts = await from.hosts();
  const host = enrolledHost(hosts, asked.host);
  refuseForeign(asked, host.name);
  await refuseClaimed(from, host.name);
  const drained = await maintenances(from).of(host.name);
  if (!drained) throw new Problem('return-nothing', { host: host.name });
  const moved = await movedAway(from, drained.drains);
  const looks = await lookEverywhere(from, hosts, NO_VM);
  // It ends its maintenance, so that is not in its way.
  const { maintenance: _, ...facts } = inspectedAt(looks, host.name);
  const target = { party: host, host: facts };
  const found = moved.map((move) => whereabouts(move, { looks, host: host.name }));
  const sources = found.flatMap((one) => ('source' in one ? [one.source] : []));
  const missing = found.flatMap((one) => ('why' in one ? [one] : []));
  const { beside, moves, stays } = await movesOf(from, sources, [target]);
  const order = returning(moved).map(({ plan }) => plan.vm.id);
  const groups = new Map(returning(moved).map(({ plan, group }) => [plan.vm.id, group]));
  const back = moves
    .toSorted((a, b) => order.indexOf(a.plan.vm.id) - order.indexOf(b.plan.vm.id))
    .map((move) => ({ ...move, group: groups.get(move.plan.vm.id) ?? 0 }));
  const plan: DrainPlan = {
    ...{ method: 'return', host: host.name, moves: back, stays: [...stays, ...missing] },
    atOnce: atOnceOf(back, [target]),
  };
  return await opened(from, plan, { ask: { ...asked, host }, beside });
}

async function opened(
  from: Draining,
  plan: DrainPlan,
  {
    ask,
    beside,
  }: {
    readonly ask: Parameters<typeof openDrain>[2];
    readonly beside: ReadonlyMap<string, Beside>;
  },
): Promise<string> {
  const operation = await openDrain(from, plan, ask);
  for (const [vmId, { findings, estimate }] of beside) {
    await keepFindings(from.records, besideName(operation, vmId), findings);
    if (estimate) await keepEstimate(from.records, besideName(operation, vmId), estimate);
  }
  return operation;
}

/** Under which the findings of one of its moves are kept until that is an operation of its own. */
export const besideName = (operation: string, vmId: string): string => `${operation}/${vmId}`;

function inspectedAt(looks: readonly Look[], host: string) {
  const look = looks.find(({ party }) => party.name === host);
  if (!look?.inspected) throw look?.error ?? new Problem('host-away', { host });
  return look.inspected.host;
}

function targetsAmong(
  looks: readonly Look[],
  {
    host,
    only,
    allowed,
  }: { host: Party; only: Party | undefined; allowed: 'all' | readonly string[] },
): readonly Target[] {
  if (only) return [{ party: only, host: inspectedAt(looks, only.name) }];
  const here = allowed === 'all' ? undefined : allowed.map((name) => name.toLowerCase());
  const targets = looks.flatMap(({ party, inspected }) => {
    const isOpen = inspected && inspected.host.maintenance === undefined;
    const isOurs = here === undefined || here.includes(party.name.toLowerCase());
    return isOpen && isOurs && party.name !== host.name ? [{ party, host: inspected.host }] : [];
  });
  if (targets.length > 0) return targets;
  throw new Problem('drain-nowhere', { host: host.name });
}

/** No target has to take more at once than it allows. */
function atOnceOf(moves: readonly DrainMove[], targets: readonly Target[]): number {
  const used = targets.filter(({ party }) => moves.some(({ plan }) => plan.target === party.name));
  const free = used.map(({ host }) => host.slotsMax - host.slotsUsed);
  return Math.max(1, Math.min(...(free.length > 0 ? free : [1])));
}

/** What the drains of this host moved, in their order; the last one counts for a VM. */
async function movedAway(from: Draining, drains: readonly string[]): Promise<readonly DrainMove[]> {
  const moved = new Map<string, DrainMove>();
  for (const drain of drains.filter(isDrainName)) {
    const { state } = await lookDrain(from, drain);
    for (const move of state.opened.plan.moves) {
      const operation = state.members.get(move.plan.vm.id);
      if (operation === undefined || !(await hasMoved(from, operation))) continue;
      moved.delete(move.plan.vm.id);
      moved.set(move.plan.vm.id, move);
    }
  }
  return [...moved.values()];
}

async function hasMoved(from: Draining, operation: string): Promise<boolean> {
  const { entries, next } = await look(from, operation);
  const isMigration = openedOf(entries).operation === 'migration';
  return isMigration && next.kind === 'finished' && next.outcome === 'migrated';
}

type Whereabouts =
  | { readonly source: Source }
  | DrainPlan['stays'][number]
  | { readonly isBack: true };

/** Only what is still where the drain put it goes back. */
function whereabouts(
  { plan: { vm, target } }: DrainMove,
  { looks, host }: { readonly looks: readonly Look[]; readonly host: string },
): Whereabouts {
  const homes = looks.flatMap(({ party, inspected }) => {
    const found = inspected?.host.vms.find(({ id }) => id === vm.id);
    return found && inspected ? [{ party, host: inspected.host, vm: found }] : [];
  });
  const there = homes.find(({ party }) => party.name === target);
  if (there) return { source: there };
  if (homes.some(({ party }) => party.name === host)) return { isBack: true };
  const [elsewhere] = homes;
  const facts = { vm: vm.name, host: target };
  if (!elsewhere) return { vm, why: { code: 'return-gone', facts } };
  const now = { ...facts, now: elsewhere.party.name };
  return { vm, why: { code: 'return-elsewhere', facts: now } };
}
