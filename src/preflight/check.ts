/** What a preflight check is: a question about facts, with one answer. Pure: it reads nothing itself. */

import type { Finding, Severity } from '../domain/finding.ts';
import type { HostFacts } from '../domain/host.ts';
import type { Method } from '../domain/plan.ts';
import type { Facts } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';

/** Before the plan is shown, and again right before the cutover, because things change by the minute. */
export type Phase = 'plan' | 'recheck';

export interface Subject {
  readonly vm: VmFacts;
  readonly source: HostFacts;
  readonly target: HostFacts;
  /** Names this Ferry in a VM's notes (`ferry:<installation>`); without it every mark is foreign. */
  readonly installation?: string;
  /** What this operation itself already holds at the target: it is part of what hosts report. */
  readonly own?: OwnReservation;
}

export interface OwnReservation {
  /** Of the target's `bytesReserved`, the part that is ours: bytes still to come. */
  readonly bytesReserved: number;
  /** Of the target's `memoryBytesReserved`, the part that is ours. */
  readonly memoryBytesReserved: number;
}

export interface Check {
  /** The row of the facts table, for example `B25`; our own additions have a word. */
  readonly id: string;
  /** Names it in findings; `<name>-ok` and `<name>-unknown` are codes as well. */
  readonly name: string;
  readonly methods: readonly Method[];
  readonly phases: readonly Phase[];
  /** What cannot be read never passes: people accept it with the plan, or it stops the plan. */
  readonly unknownMeans: 'acknowledge' | 'block';
  run(subject: Subject): Finding;
}

/** A check's own words for its findings; `code` is the check's name unless it has several problems. */
export interface Findings {
  ok(facts: Facts): Finding;
  warning(facts: Facts, code?: string): Finding;
  blocker(facts: Facts, code?: string): Finding;
  /** `what` names the fact that could not be read. */
  unknown(what: string): Finding;
}

export function findingsOf(check: string): Findings {
  const say = (severity: Severity, code: string, facts: Facts): Finding => {
    return { check, severity, code, facts };
  };
  return {
    ok: (facts) => say('ok', `${check}-ok`, facts),
    warning: (facts, code = check) => say('warning', code, facts),
    blocker: (facts, code = check) => say('blocker', code, facts),
    unknown: (what) => say('unknown', `${check}-unknown`, { what }),
  };
}

/** Drivers report an amount that they could not read as NaN, which JSON makes null, or below zero. */
export const isReadable = (amount: number): boolean => Number.isFinite(amount) && amount >= 0;
