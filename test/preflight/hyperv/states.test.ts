import { describe, expect, it } from '@jest/globals';
import type { ClusterFacts } from '../../../src/domain/hyperv.ts';
import { vmFacts } from '../facts.ts';
import { type Changes, DENIED, LACKS, value, windowsSubject } from '../windows.ts';
import { findingOf, LIVE, LIVE_RECHECK, type RowAt, STREAM } from './ask.ts';

const { id: vmId } = vmFacts();
const cluster = (node: string, changes: Partial<ClusterFacts> = {}): ClusterFacts => ({
  name: 'CLU',
  node,
  nodes: [
    { name: 'hv-a', state: 'Up' },
    { name: 'HV-B', state: 'Up' },
  ],
  sharedVolumes: [],
  migrationNetworks: value(['Cluster Network 1']),
  ...changes,
});
const role = (ownerNode = 'HV-A', possibleOwners: readonly string[] = ['hv-a', 'hv-b']) => ({
  clusterRole: value({ group: "Bob's VM", ownerNode, possibleOwners }),
});
const clustered = (changes: Partial<ClusterFacts> = {}): Changes => ({
  vm: role(),
  source: { cluster: value(cluster('hv-a', changes)) },
  target: { cluster: value(cluster('hv-b', changes)) },
});

const STATES: readonly RowAt[] = [
  [
    'it is off',
    { vm: { state: 'Off' }, vmItself: { state: 'Off' } },
    'vm-state',
    'ok',
    'vm-state-ok',
  ],
  [
    'it is off and streamed',
    { vm: { state: 'Off' }, vmItself: { state: 'Off' } },
    'vm-state',
    'ok',
    'vm-state-ok',
    STREAM,
  ],
  [
    'it is just saving',
    { vm: { state: 'Saving' }, vmItself: { state: 'Stopping' } },
    'vm-state',
    'blocker',
    'vm-state-passing',
  ],
  ['its storage fails', { vm: { state: 'RunningCritical' } }, 'vm-state', 'blocker', 'vm-critical'],
  [
    'its storage fails while it is streamed',
    { vm: { state: 'RunningCritical' } },
    'vm-state',
    'blocker',
    'vm-critical',
    STREAM,
  ],
  [
    'a backup has it',
    { vm: { primaryStatus: 'InService', secondaryStatus: 'BackingUpVirtualMachine' } },
    'vm-at-work',
    'warning',
    'vm-at-work',
  ],
  [
    'a backup has it right before the move',
    { vm: { primaryStatus: 'InService', secondaryStatus: 'BackingUpVirtualMachine' } },
    'vm-at-work',
    'blocker',
    'vm-at-work',
    LIVE_RECHECK,
  ],
  [
    'disks are merged',
    { vm: { secondaryStatus: 'MergingDisks' } },
    'vm-at-work',
    'warning',
    'vm-at-work',
    STREAM,
  ],
  [
    'something has it',
    { vm: { primaryStatus: 'InService' } },
    'vm-at-work',
    'warning',
    'vm-at-work',
  ],
  [
    'it reports a fault',
    { vm: { primaryStatus: 'Degraded', secondaryStatus: 'IovGuestDriversNeeded' } },
    'vm-at-work',
    'warning',
    'vm-unwell',
    LIVE_RECHECK,
  ],
  [
    'its status is empty',
    { vm: { primaryStatus: '' } },
    'vm-at-work',
    'unknown',
    'vm-at-work-unknown',
  ],
  [
    'it is planned at the target',
    { target: { plannedVms: value([vmId.toLowerCase()]) } },
    'vm-at-target',
    'blocker',
    'vm-planned-at-target',
  ],
  [
    'another is planned at the target',
    { target: { plannedVms: value(['another']) } },
    'vm-at-target',
    'ok',
    'vm-at-target-ok',
  ],
  [
    'what is planned cannot be read',
    { target: { plannedVms: DENIED } },
    'vm-at-target',
    'unknown',
    'vm-at-target-unknown',
  ],
  [
    'it is at the target, and what is planned cannot be read',
    { target: { plannedVms: DENIED }, targetHost: { vms: [vmFacts()] } },
    'vm-at-target',
    'blocker',
    'vm-at-target',
  ],
];

const CLUSTERS: readonly RowAt[] = [
  ['both are nodes of its cluster', clustered(), 'cluster-role', 'ok', 'cluster-role-ok'],
  [
    'anyone may own it',
    { ...clustered(), vm: role('hv-a', []) },
    'cluster-role',
    'ok',
    'cluster-role-ok',
  ],
  [
    'it is streamed out of a cluster',
    clustered(),
    'cluster-role',
    'blocker',
    'cluster-role',
    STREAM,
  ],
  [
    'the target is in no cluster',
    { ...clustered(), target: {} },
    'cluster-role',
    'blocker',
    'cluster-role',
  ],
  [
    'the target has no such feature',
    { ...clustered(), target: { cluster: LACKS } },
    'cluster-role',
    'blocker',
    'cluster-role',
  ],
  [
    'the target is in another cluster',
    { ...clustered(), target: { cluster: value(cluster('hv-b', { name: 'OTHER' })) } },
    'cluster-role',
    'blocker',
    'cluster-role',
  ],
  [
    'another node owns it',
    { ...clustered(), vm: role('hv-c') },
    'cluster-role',
    'blocker',
    'cluster-owner',
  ],
  [
    'the target is paused',
    clustered({
      nodes: [
        { name: 'hv-a', state: 'Up' },
        { name: 'hv-b', state: 'Paused' },
      ],
    }),
    'cluster-role',
    'blocker',
    'cluster-node',
  ],
  [
    'the source does not know the target',
    clustered({ nodes: [{ name: 'hv-a', state: 'Up' }] }),
    'cluster-role',
    'blocker',
    'cluster-node',
  ],
  [
    'the target may not own it',
    { ...clustered(), vm: role('hv-a', ['hv-a']) },
    'cluster-role',
    'blocker',
    'cluster-owners',
  ],
  [
    'the cluster allows no network',
    clustered({ migrationNetworks: value([]) }),
    'cluster-role',
    'blocker',
    'cluster-network',
    LIVE_RECHECK,
  ],
  // What is unknown here blocks: the way of the move depends on it.
  [
    'the networks cannot be read',
    clustered({ migrationNetworks: DENIED }),
    'cluster-role',
    'blocker',
    'cluster-role-unknown',
  ],
  [
    'the cluster cannot be read',
    { ...clustered(), source: { cluster: DENIED } },
    'cluster-role',
    'blocker',
    'cluster-role-unknown',
  ],
  [
    "the target's cluster cannot be read",
    { ...clustered(), target: { cluster: DENIED } },
    'cluster-role',
    'blocker',
    'cluster-role-unknown',
  ],
  [
    'its role cannot be read',
    { vm: { clusterRole: DENIED } },
    'cluster-role',
    'blocker',
    'cluster-role-unknown',
  ],
];

describe('a VM that is not at rest, or not its own', () => {
  it.each([...STATES, ...CLUSTERS])(
    'when %s',
    (_, changes, check, severity, code, occasion = LIVE) => {
      expect(findingOf(check, windowsSubject(changes), occasion)).toMatchObject({ severity, code });
    },
  );
});
