/** The operations that carry out a standing order, one at a time: opened, found and ended. */

import { setTimeout as pause } from 'node:timers/promises';
import { needsAdministrator } from '../../domain/approvers.ts';
import type { Finding } from '../../domain/finding.ts';
import { copyClaim, type OpenedAlignment, openedOf, vmClaim } from '../../domain/journal.ts';
import { type AlignmentPlan, planHash } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import type { AlignmentOrder } from '../../fleet/order.ts';
import { alignmentFindings, makeAlignmentPlan } from '../../preflight/alignment.ts';
import { hasBlocker } from '../../preflight/checks.ts';
import { enrolledHost, type Look, lookAcross } from '../looks.ts';
import { openOperation, type Proposing } from '../propose.ts';
import { type Ledger, look, request, type Seen } from '../requests.ts';
import type { Wake } from '../wake.ts';

/** A checkpoint is merged meanwhile, which may take a while. */
const END_SECONDS_MAX = 120;
const POLL_SECONDS = 0.5;

export interface Aligning extends Omit<Proposing, 'store' | 'identity' | 'memory'>, Ledger {
  readonly wake: Wake;
}

export interface Found {
  readonly operation: string;
  readonly seen: Seen;
  readonly opened: OpenedAlignment;
}

/** The operation that keeps this VM aligned now; undefined where another one or none has the VM. */
export async function runningAlignment(from: Aligning, vmId: string): Promise<Found | undefined> {
  const operation = await from.store.holder(vmClaim(vmId));
  if (operation === undefined) return undefined;
  const seen = await look(from, operation);
  const opened = openedOf(seen.entries);
  return opened.operation === 'alignment' ? { operation, seen, opened } : undefined;
}

export type Prepared = { readonly plan: AlignmentPlan; readonly findings: readonly Finding[] };

/**
 * What the hosts say now. `looks`: those of all hosts, where the VM of the order is at its source.
 * @throws {Problem} host-unknown | host-not-enrolled | host-away | no-migration-network
 */
export async function prepareAlignment(
  from: Aligning,
  order: AlignmentOrder,
  looks: readonly Look[],
): Promise<Prepared | { readonly refused: readonly Finding[] }> {
  const { source, target, everySeconds, bytesPerSecondMax } = order;
  const at = (host: string) => looks.find(({ party }) => party.name === host);
  const [here, there] = [at(source), at(target)];
  const vm = here?.inspected?.vm;
  if (!here?.inspected || vm?.id !== order.vm.id) throw nowhere(order);
  if (!there?.inspected) throw there?.error ?? new Problem('host-away', { host: target });
  const asked = { vm, source: here.inspected.host, target: there.inspected.host };
  const subject = await lookAcross(from, asked);
  const findings = alignmentFindings(subject);
  if (hasBlocker(findings)) return { refused: findings };
  const limit = bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax };
  return { plan: makeAlignmentPlan(subject, { findings, everySeconds, ...limit }), findings };
}

export const nowhere = ({ vm, source, target }: AlignmentOrder): Problem =>
  new Problem('alignment-nowhere', { vm: vm.name, source, target });

/** @throws {Problem} vm-claimed | host-not-enrolled */
export async function openAlignment(
  from: Aligning,
  order: AlignmentOrder,
  { plan, findings }: Prepared,
): Promise<string> {
  const hosts = await from.hosts();
  const opened: OpenedAlignment = {
    kind: 'opened',
    operation: 'alignment',
    list: 'align@1',
    plan,
    planHash: planHash(plan),
    requestedBy: order.user,
    approversNeeded: 1,
    twoPersons: false,
    parties: {
      bot: { name: 'bot', publicKey: from.identity.publicKey },
      source: enrolledHost(hosts, plan.source),
      target: enrolledHost(hosts, plan.target),
    },
    channel: order.channel,
  };
  const operation = await openOperation(from, opened, { findings });
  await from.wake(operation);
  return operation;
}

/** What nobody has seen on a real host is accepted by an administrator, also where nobody is asked. */
export function refuseUnproven(
  { plan }: Prepared,
  { user, administrators }: { user: string; administrators: readonly string[] },
): void {
  if (!needsAdministrator(plan) || administrators.includes(user)) return;
  throw new Problem('alignment-needs-administrator', { vm: plan.vm.name });
}

/** Asks it to end; what it holds is given back some time later. `by`: a Slack user id. */
export async function endAlignment(from: Aligning, operation: string, by: string): Promise<void> {
  await request(from, { operation, author: 'bot' }, ({ state, next }) =>
    state.rollingBack || next.kind === 'finished' ? undefined : { body: { kind: 'cancelled', by } },
  );
  await from.wake(operation);
}

/**
 * Ends it and waits until the VM is free for another operation.
 * @throws {Problem} alignment-ends-slowly {vm, operation, seconds}
 */
export async function yieldAlignment(from: Aligning, found: Found, by: string): Promise<void> {
  const { operation, opened } = found;
  const { vm } = opened.plan;
  await endAlignment(from, operation, by);
  const until = performance.now() + END_SECONDS_MAX * 1000;
  const claims = [vmClaim(vm.id), copyClaim(vm.id, opened.plan.target)];
  const holds = async (): Promise<boolean> => {
    const holders = await Promise.all(claims.map((claim) => from.store.holder(claim)));
    return holders.includes(operation);
  };
  while (await holds()) {
    if (performance.now() > until) {
      const facts = { vm: vm.name, operation, seconds: END_SECONDS_MAX };
      throw new Problem('alignment-ends-slowly', facts);
    }
    await pause(POLL_SECONDS * 1000);
  }
}
