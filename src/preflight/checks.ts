/** All preflight checks, cheap and certain ones first, and how they are run. */

import { bySeverity, type Finding } from '../domain/finding.ts';
import type { Method } from '../domain/plan.ts';
import { toProblemRecord } from '../domain/problem.ts';
import type { Check, Phase, Subject } from './check.ts';
import { dedicatedNetwork } from './checks/dedicated-network.ts';
import { diskFormat } from './checks/disk-format.ts';
import { diskSize } from './checks/disk-size.ts';
import { ferryMark } from './checks/ferry-mark.ts';
import { foreignCheckpoint } from './checks/foreign-checkpoint.ts';
import { freeSpace } from './checks/free-space.ts';
import { memory } from './checks/memory.ts';
import { migrationNetwork } from './checks/migration-network.ts';
import { passThrough } from './checks/pass-through.ts';
import { virtualSwitch } from './checks/virtual-switch.ts';
import { vmAtTarget } from './checks/vm-at-target.ts';
import { vmState } from './checks/vm-state.ts';
import { HOST_CHECKS } from './host-checks.ts';

export const CHECKS: readonly Check[] = [
  ...HOST_CHECKS,
  vmState,
  vmAtTarget,
  ferryMark,
  foreignCheckpoint,
  diskFormat,
  passThrough,
  diskSize,
  migrationNetwork,
  dedicatedNetwork,
  virtualSwitch,
  freeSpace,
  memory,
];

export interface Occasion {
  readonly method: Method;
  readonly phase: Phase;
}

/** Runs what fits the occasion and the hosts: blockers first. A check that fails itself answers "unknown". */
export function runChecks(
  subject: Subject,
  { method, phase }: Occasion,
  checks: readonly Check[] = CHECKS,
): Finding[] {
  const asked = checks.filter((one) => one.methods.includes(method) && one.phases.includes(phase));
  return bySeverity(asked.flatMap((check) => answer(check, subject)));
}

export const hasBlocker = (findings: readonly Finding[]): boolean =>
  findings.some((finding) => finding.severity === 'blocker');

/** Nothing where there is nothing to judge. */
function answer(check: Check, subject: Subject): Finding[] {
  return answerOne(check, subject).map((finding) => {
    const blocks = finding.severity === 'unknown' && check.unknownMeans === 'block';
    return blocks ? { ...finding, severity: 'blocker' } : finding;
  });
}

/** A bug in one check must not hide the others, and must not look like a pass. */
function answerOne(check: Check, subject: Subject): Finding[] {
  try {
    return check.applies?.(subject) === false ? [] : [check.run(subject)];
  } catch (error) {
    const { code, facts } = toProblemRecord(error);
    const what = `the check itself failed: ${String(facts.message ?? code)}`;
    const unknown = `${check.name}-unknown`;
    return [{ check: check.name, severity: 'unknown', code: unknown, facts: { what } }];
  }
}
