/** All preflight checks, and how they are run: identity, ports and networks, inventory, capacity. */

import { bySeverity, type Finding } from '../domain/finding.ts';
import { toProblemRecord } from '../domain/problem.ts';
import type { Check, Occasion, Subject } from './check.ts';
import { dedicatedNetwork } from './checks/dedicated-network.ts';
import { hostInMaintenance } from './checks/host-in-maintenance.ts';
import { migrationNetwork } from './checks/migration-network.ts';
import { virtualSwitch } from './checks/virtual-switch.ts';
import { windowsMeet } from './checks/windows-meet.ts';
import { HOST_CHECKS } from './host-checks.ts';
import { CAPACITY_CHECKS, INVENTORY_CHECKS } from './vm-checks.ts';

export const CHECKS: readonly Check[] = [
  ...HOST_CHECKS,
  hostInMaintenance,
  windowsMeet,
  migrationNetwork,
  dedicatedNetwork,
  virtualSwitch,
  ...INVENTORY_CHECKS,
  ...CAPACITY_CHECKS,
];

/** Runs what fits the occasion and the hosts: blockers first. A check that fails itself answers "unknown". */
export function runChecks(
  subject: Subject,
  occasion: Occasion,
  checks: readonly Check[] = CHECKS,
): Finding[] {
  const { method, phase } = occasion;
  const asked = checks.filter((one) => one.methods.includes(method) && one.phases.includes(phase));
  return bySeverity(asked.flatMap((check) => answer(check, subject, occasion)));
}

export const hasBlocker = (findings: readonly Finding[]): boolean =>
  findings.some((finding) => finding.severity === 'blocker');

/** Nothing where there is nothing to judge. */
function answer(check: Check, subject: Subject, occasion: Occasion): Finding[] {
  return answerOne(check, subject, occasion).map((finding) => {
    const blocks = finding.severity === 'unknown' && check.unknownMeans === 'block';
    return blocks ? { ...finding, severity: 'blocker' } : finding;
  });
}

/** A bug in one check must not hide the others, and must not look like a pass. */
function answerOne(check: Check, subject: Subject, occasion: Occasion): Finding[] {
  try {
    return check.applies?.(subject, occasion) === false ? [] : [check.run(subject, occasion)];
  } catch (error) {
    const { code, facts } = toProblemRecord(error);
    const what = `the check itself failed: ${String(facts.message ?? code)}`;
    const unknown = `${check.name}-unknown`;
    return [{ check: check.name, severity: 'unknown', code: unknown, facts: { what } }];
  }
}
