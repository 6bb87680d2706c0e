/** What stands in the way of keeping a VM aligned, and the plan to do so. */

import { bySeverity, type Finding } from '../domain/finding.ts';
import type { AlignmentPlan } from '../domain/plan.ts';
import type { Subject } from './check.ts';
import { runChecks } from './checks.ts';
import { lacksMethod } from './method.ts';
import { makePlan } from './plan.ts';

/** What stops a copy. All else stops a VM from running at the target, and so is a warning. */
const COPYING: readonly string[] = [
  'cluster-role',
  'dedicated-network',
  'differencing-disk',
  'disk-format',
  'disk-place',
  'disk-size',
  'ferry-mark',
  'fibre-channel',
  'foreign-checkpoint',
  'free-space',
  'host-in-maintenance',
  'hyperv-role',
  'method',
  'migration-network',
  'pass-through-disk',
  'recovery-checkpoint',
  'replication',
  'shared-disk',
  'source-space',
  'target-path',
  'vm-at-target',
  'vm-state',
  'worker-account',
];

/** Blockers first. A VM that Hyper-V Replica copies already is not copied by Ferry as well. */
export function alignmentFindings(subject: Subject): Finding[] {
  const found = runChecks(subject, { method: 'stream', phase: 'plan' }).map((finding) =>
    COPYING.includes(finding.check) || finding.severity !== 'blocker'
      ? finding
      : { ...finding, severity: 'warning' as const },
  );
  const lacking = lacksMethod(subject, 'stream');
  if (lacking === undefined) return bySeverity(found);
  const facts = { vm: subject.vm.name, host: lacking, method: 'stream' };
  return [{ check: 'method', severity: 'blocker', code: 'method-unavailable', facts }, ...found];
}

export interface AlignmentOptions {
  readonly findings: readonly Finding[];
  readonly everySeconds: number;
  readonly bytesPerSecondMax?: number;
}

/** @throws {Verdict} no-migration-network */
export function makeAlignmentPlan(subject: Subject, options: AlignmentOptions): AlignmentPlan {
  const { everySeconds, bytesPerSecondMax, findings } = options;
  const { plan } = makePlan(subject, { findings });
  const { vm, source, target, disks, migrationSubnet, volume, bytesOnTargetMax } = plan;
  const { base, configuration, domainController, acknowledged } = plan;
  return {
    vm,
    source,
    target,
    method: 'align',
    disks,
    migrationSubnet,
    volume,
    ...(bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax }),
    ...(base ? { base } : {}),
    bytesOnTargetMax,
    configuration,
    ...(domainController ? { domainController } : {}),
    acknowledged,
    everySeconds,
  };
}
