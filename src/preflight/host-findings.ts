/** What live migration needs of two hosts, whichever VM moves: preflight's own checks, for the doctor. */

import type { Finding } from '../domain/finding.ts';
import type { HostFacts } from '../domain/host.ts';
import type { VmFacts } from '../domain/vm.ts';
import type { Check } from './check.ts';
import { adminShare } from './checks/admin-share.ts';
import { antivirus } from './checks/antivirus.ts';
import { anyNetwork } from './checks/any-network.ts';
import { commonSubnet } from './checks/common-subnet.ts';
import { dedicatedNetwork } from './checks/dedicated-network.ts';
import { delegation } from './checks/delegation.ts';
import { domain } from './checks/domain.ts';
import { fileSharing } from './checks/file-sharing.ts';
import { hostNames } from './checks/host-names.ts';
import { hypervRole } from './checks/hyperv-role.ts';
import { microsoftClient } from './checks/microsoft-client.ts';
import { migrationAuthentication } from './checks/migration-authentication.ts';
import { migrationEnabled } from './checks/migration-enabled.ts';
import { migrationNetwork } from './checks/migration-network.ts';
import { ports } from './checks/ports.ts';
import { workerAccount } from './checks/worker-account.ts';
import { runChecks } from './checks.ts';

/** They have an answer for one host alone, too. */
const OF_ONE: readonly Check[] = [
  hypervRole,
  migrationEnabled,
  domain,
  migrationAuthentication,
  workerAccount,
  anyNetwork,
  dedicatedNetwork,
  microsoftClient,
  fileSharing,
  antivirus,
];
const OF_TWO: readonly Check[] = [
  delegation,
  hostNames,
  migrationNetwork,
  commonSubnet,
  ports,
  adminShare,
];

export const CHECKS_OF_HOSTS: readonly Check[] = [...OF_ONE, ...OF_TWO];

/** The most demanding kind of VM: it runs, and its disks lie on the host itself. */
const ANY_VM: VmFacts = {
  id: '00000000-0000-0000-0000-000000000000',
  name: 'any VM',
  state: 'Running',
  generation: 2,
  processors: 1,
  memoryStartupBytes: 0,
  memoryAssignedBytes: 0,
  disks: [],
  adapters: [],
  checkpoints: [],
  startAction: 'Nothing',
  notes: '',
  merging: false,
};

/** Of moves from source to target; of a host towards itself, what it needs before there is another. */
export function hostFindings(source: HostFacts, target: HostFacts): Finding[] {
  const checks = source.name === target.name ? OF_ONE : CHECKS_OF_HOSTS;
  const subject = { vm: ANY_VM, source, target };
  return runChecks(subject, { method: 'live', phase: 'plan' }, checks).map(once);
}

/** A host that is both ends is named once. */
function once(finding: Finding): Finding {
  const facts = Object.entries(finding.facts).map(([name, fact]) => [
    name,
    Array.isArray(fact) ? [...new Set(fact)] : fact,
  ]);
  return { ...finding, facts: Object.fromEntries(facts) };
}
