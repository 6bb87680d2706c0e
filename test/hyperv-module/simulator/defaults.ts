/** What hosts and VMs are like before a test changes them: healthy, and ready for live migration. */

import { createHash } from 'node:crypto';
import type { LabHostState, LabVm } from '../../../src/hosts/lab/state.ts';
import type {
  AdapterOverlay,
  HostOverlay,
  NetAdapter,
  SwitchDetails,
  VmOverlay,
} from './overlay.ts';
import { PROFILES, type ProfileName } from './profiles.ts';

const DOMAIN = 'lab.example';

/** Two cards: one for guests and management behind the switch, one for migrations. */
function cards(number: number, switchName: string | undefined): NetAdapter[] {
  const bound = { up: true, msClient: true, msServer: true };
  return [
    {
      ...bound,
      name: 'Ethernet',
      index: 5,
      bitsPerSecond: 1_000_000_000,
      addresses: [`10.0.1.${number}/24`],
      gateway: '10.0.1.1',
      dnsServers: ['10.0.1.2', '10.0.1.3'],
      ...(switchName === undefined ? {} : { switch: switchName }),
    },
    {
      ...bound,
      name: 'Migration',
      index: 7,
      bitsPerSecond: 10_000_000_000,
      addresses: [`10.0.9.${number}/24`],
      dnsServers: [],
    },
  ];
}

/** A healthy member of the domain, ready for live migration; `number` is its place among the hosts. */
export function hostDefaults(
  lab: LabHostState,
  { profile, number, others }: { profile: ProfileName; number: number; others: readonly string[] },
): HostOverlay {
  const external = lab.switches.find(({ type }) => type === 'External')?.name;
  return {
    profile,
    language: 'en-US',
    fullName: fullNameOf(lab.name),
    domain: { joined: true, name: DOMAIN, trusted: [] },
    processor: {
      manufacturer: 'GenuineIntel',
      name: 'Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz',
      family: 179,
      revision: 27142,
      features: ['avx2', 'avx512'],
    },
    migration: {
      enabled: true,
      authentication: 'Kerberos',
      performance: 'Compression',
      movesMax: 2,
      storageMovesMax: 2,
      useAnyNetwork: false,
      networks: [{ subnet: '10.0.9.0/24' }],
    },
    otherMoves: 0,
    delegation: { allowedTo: others.flatMap(delegationTo), anyProtocol: true },
    credentialGuard: PROFILES[profile].credentialGuard,
    sensitiveAccount: false,
    roleInstalled: true,
    services: {
      vmms: 'Running',
      LanmanServer: 'Running',
      LanmanWorkstation: 'Running',
      ClusSvc: 'Stopped',
    },
    firewallOpen: ['@FirewallAPI.dll,-28502', '@%systemroot%\\system32\\vmms.exe,-210'],
    adapters: cards(10 + number, external),
    switches: {},
    sans: [],
    numaSpanning: true,
    numaNodes: 2,
    guardians: [],
    partitionableGpus: [],
    closedPorts: [],
    adminShare: true,
    defenderExclusions: [
      'vhd',
      'vhdx',
      'avhd',
      'avhdx',
      'vhds',
      'rct',
      'mrt',
      'vsv',
      'bin',
      'vmcx',
      'vmrs',
      'vmgs',
      'iso',
    ],
    files: [],
    unreachable: false,
  };
}

export const fullNameOf = (host: string): string => `${host}.${DOMAIN}`;

/** What constrained delegation to a host needs: facts A.11. */
export function delegationTo(host: string): string[] {
  return ['cifs', 'Microsoft Virtual System Migration Service'].flatMap((service) => [
    `${service}/${host}`,
    `${service}/${fullNameOf(host)}`,
  ]);
}

export const switchDefaults: SwitchDetails = {
  extensions: [
    { name: 'Microsoft Windows Filtering Platform', type: 'Filter', enabled: true },
    { name: 'Microsoft NDIS Capture', type: 'Capture', enabled: false },
  ],
  bandwidthMode: 'Absolute',
  embeddedTeaming: false,
};

export const adapterDefaults: AdapterOverlay = {
  dynamicMac: true,
  vlan: { mode: 'Untagged', access: 0, native: 0, allowed: '' },
  acls: [],
  plainAcls: [],
  bandwidthMinimum: 0,
  bandwidthMinimumWeight: 0,
  bandwidthMaximum: 0,
  iovWeight: 0,
  macSpoofing: false,
  dhcpGuard: false,
  routerGuard: false,
};

/** A plain VM of the release that its host is. `folder` is where its configuration lies. */
export function vmDefaults(
  vm: LabVm,
  { version, folder }: { version: string; folder: string },
): VmOverlay {
  return {
    version,
    configurationPath: folder,
    snapshotPath: folder,
    pagingPath: folder,
    stopAction: 'Save',
    startDelay: 0,
    checkpointType: 'Production',
    automaticCheckpoints: false,
    primaryStatus: 'Ok',
    dvdDrives: [],
    adapters: {},
    disks: {},
    memory: {
      dynamic: false,
      minimumBytes: 512 * 1024 * 1024,
      maximumBytes: 1024 ** 4,
      buffer: 20,
    },
    processor: {
      compatibleForMigration: false,
      exposesVirtualization: false,
      countPerNumaNodeMax: Math.max(vm.processors, 8),
    },
    security: { tpm: false, shielded: false, guardians: [] },
    assignedDevices: [],
    gpuPartitions: [],
    sans: [],
    replication: null,
    checkpoints: {},
    services: { shutdown: true, heartbeat: true, vss: true },
  };
}

/** Guids of things that have none in the lab: the same at each start. */
export function guidOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}
