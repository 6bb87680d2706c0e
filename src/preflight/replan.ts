/** Another plan for a migration under way, which people are asked for because the old one cannot hold. */

import type { Finding } from '../domain/finding.ts';
import { type Plan, switchesOf } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { otherDisks } from '../domain/vm.ts';
import type { Subject } from './check.ts';
import { runChecks } from './checks.ts';
import { makePlan } from './plan.ts';

/** So that a guest that writes a little more than it did does not make it ask a third time. */
const PAUSE_MARGIN = 1.5;
/** An approved bound covers twice the duration. */
const DURATION_MARGIN = 2;
const PAUSE_SECONDS_LIMIT = 86_400;
/** The hosts' facts leave out what this operation holds, and its copy lies there already. */
const NOTHING = { bytesReserved: 0, memoryBytesReserved: 0 };

export interface Replanning {
  /** The plan that people were asked for last. */
  readonly before: Plan;
  /** Both hosts and the VM as they are now, the target without what this operation holds of it. */
  readonly subject: Subject;
  /** What has been measured, where it exceeds the plan. */
  readonly measured: {
    readonly pauseSeconds?: number;
    /** No more is needed, whatever was asked for meanwhile. */
    readonly pauseSecondsEnough?: number;
    readonly secondsAtWork?: number;
  };
}

export type Replanned =
  | { readonly plan: Plan; readonly findings: readonly Finding[] }
  /** Nothing that an approval could change. */
  | { readonly refused: ProblemRecord };

/**
 * The same disks between the same places, under the bounds that hold now. Another set of disks is
 * another migration; a blocker has to be cleared first.
 */
export function replan({ before, subject, measured }: Replanning): Replanned {
  const { vm } = subject;
  const target = { ...subject.target, vmVolume: before.volume };
  const disks = otherDisks(before.disks, vm.disks);
  if (disks.length > 0) {
    return { refused: { code: 'replan-other-disks', facts: { vm: vm.name, disks } } };
  }
  const now = { ...subject, target, switches: switchesOf(before), own: NOTHING };
  const findings = runChecks(now, { method: before.method, phase: 'recheck' });
  const blocker = findings.find(({ severity }) => severity === 'blocker');
  if (blocker) return { refused: { code: blocker.code, facts: blocker.facts } };
  // What it began from is its own copy by now.
  const { base: _, ...plan } = makePlan(now, { findings, method: before.method }).plan;
  return { plan: { ...plan, ...keptFrom(before), ...bounds(before, plan, measured) }, findings };
}

/** What people wished for, and where everything lies. */
function keptFrom(before: Plan) {
  const { startAt, cutoverAt, windows } = before;
  const { method, because, disks, volume, stop, base, bytesPerSecondMax, domainController } =
    before;
  return {
    method,
    ...(because ? { because } : {}),
    disks,
    volume,
    ...(base ? { base } : {}),
    ...(startAt === undefined ? {} : { startAt }),
    ...(cutoverAt === undefined ? {} : { cutoverAt }),
    ...(windows ? { windows } : {}),
    // Started or shut down meanwhile, it is asked for again as it was.
    stop,
    ...(bytesPerSecondMax ? { bytesPerSecondMax } : {}),
    // A guest that shows no address for a moment is one all the same.
    ...(domainController ? { domainController } : {}),
  };
}

function bounds(
  before: Plan,
  plan: Plan,
  { pauseSeconds = 0, pauseSecondsEnough, secondsAtWork = 0 }: Replanning['measured'],
): Partial<Plan> {
  const pauseNeeded = Math.min(Math.ceil(pauseSeconds * PAUSE_MARGIN), PAUSE_SECONDS_LIMIT);
  const secondsNeeded = Math.ceil(secondsAtWork * DURATION_MARGIN);
  const { secondsMax } = before;
  const pauseSecondsMax = pauseSecondsEnough ?? before.pauseSecondsMax;
  return {
    pauseSecondsMax: pauseSeconds > pauseSecondsMax ? pauseNeeded : pauseSecondsMax,
    secondsMax: secondsAtWork > secondsMax ? secondsNeeded : secondsMax,
    bytesOnTargetMax: Math.max(before.bytesOnTargetMax, plan.bytesOnTargetMax),
    acknowledged: [...new Set([...before.acknowledged, ...plan.acknowledged])].toSorted(),
  };
}
