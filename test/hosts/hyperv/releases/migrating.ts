/** A whole live migration through the driver alone: facts, checks, plan, and what the steps ask for in their order. */

import type { Finding } from '../../../../src/domain/finding.ts';
import type { HostFacts } from '../../../../src/domain/host.ts';
import type { Incompatibility, LiveEnd, LiveHost } from '../../../../src/domain/live.ts';
import { liveMoveOf, type Plan } from '../../../../src/domain/plan.ts';
import type { Host } from '../../../../src/hosts/host.ts';
import type { Subject } from '../../../../src/preflight/check.ts';
import { runChecks } from '../../../../src/preflight/checks.ts';
import { makePlan } from '../../../../src/preflight/plan.ts';
import { towardsOf, withReach } from '../../../../src/preflight/reach.ts';
import { VM_ID } from '../../../hyperv-module/simulator-fixture.ts';
import type { Inventory } from '../inventory-fixture.ts';

export interface Ends {
  readonly source: Host;
  readonly target: Host;
}

/** Both hosts as they are, with what each sees of the other. */
export async function subjectOf({ source, target }: Ends): Promise<Subject> {
  const [from, to] = await Promise.all([source.facts(), target.facts()]);
  return await seeing({ source, target }, [from, to]);
}

/** The same of facts that were read before. */
export async function seeing(
  ends: Ends,
  [from, to]: readonly [HostFacts, HostFacts],
): Promise<Subject> {
  const [source, target] = await Promise.all([
    looking(ends.source, from, to),
    looking(ends.target, to, from),
  ]);
  const vm = source.vms.find(({ id }) => id === VM_ID);
  if (!vm) throw new Error(`${source.name} does not have the VM`);
  return { vm, source, target };
}

async function looking(host: Host, own: HostFacts, other: HostFacts): Promise<HostFacts> {
  const towards = towardsOf(own, other);
  return withReach(own, towards && (await host.reach?.(towards)));
}

export const findingsOf = (subject: Subject): Finding[] =>
  runChecks(subject, { method: 'live', phase: 'plan' });

/** Those that people must see. */
export const troubles = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, code }) => `${severity} ${code}`);

export interface Migrated {
  readonly plan: Plan;
  readonly objections: readonly Incompatibility[];
  readonly end: LiveEnd;
  /** What the lab's checker says once the guest has gone on. */
  readonly at: { readonly hosts: readonly string[]; readonly running: readonly string[] };
  readonly lost: number;
  readonly ranTwice: boolean;
}

let epoch = 0;

/** @param subject as `subjectOf` has it, just now */
export async function migrate(
  windows: Inventory,
  { source, target }: Ends,
  subject: Subject,
): Promise<Migrated> {
  const findings = findingsOf(subject);
  const { plan } = makePlan(subject, { findings, method: 'live' });
  const move = liveMoveOf(plan);
  const from = liveOf(source);
  const objections = await from.compare(move);
  const token = () => ({ operation: 'm1', epoch: ++epoch });
  const carried = await from.carryOut(move, token());
  const watch = { signal: new AbortController().signal, onProgress: () => undefined };
  const end = await from.move(move, token(), watch);
  await liveOf(target).carryIn(plan.vm.id, carried, token());
  await windows.guestWrites();
  const { registeredOn, runningOn, lost, ranTwice } = await windows.report();
  const at = {
    hosts: registeredOn.map(({ host }) => host),
    running: runningOn.map(({ host }) => host),
  };
  return { plan, objections, end, at, lost, ranTwice };
}

/** As it must be. */
export const movedTo = (host: string) => ({
  objections: [],
  end: { end: 'moved' },
  at: { hosts: [host], running: [host] },
  lost: 0,
  ranTwice: false,
});

function liveOf({ live, name }: Host): LiveHost {
  if (live) return live;
  throw new Error(`${name} cannot move live`);
}
