/** What only Windows has of hosts and VMs: in memory, and as JSON beside the lab. Tests change it. */

import { createHash } from 'node:crypto';
import type { MigrationSettings } from '../../../src/domain/hyperv.ts';
import type { LabHostState, LabVm } from '../../../src/hosts/lab/state.ts';
import type { Language } from './messages.ts';
import { PROFILES, type ProfileName } from './profiles.ts';

export interface NetAdapter {
  readonly name: string;
  readonly index: number;
  readonly up: boolean;
  readonly bitsPerSecond: number;
  /** CIDR. */
  readonly addresses: readonly string[];
  readonly gateway?: string;
  readonly dnsServers: readonly string[];
  readonly msClient: boolean;
  readonly msServer: boolean;
  /** The virtual switch that uses it. */
  readonly switch?: string;
}

export interface SwitchDetails {
  readonly extensions: readonly {
    readonly name: string;
    readonly type: string;
    readonly enabled: boolean;
  }[];
  readonly bandwidthMode: string;
  readonly embeddedTeaming: boolean;
}

export interface HostOverlay {
  readonly profile: ProfileName;
  readonly language: Language;
  readonly fullName: string;
  readonly domain: {
    readonly joined: boolean;
    readonly name: string;
    readonly trusted: readonly string[];
  };
  readonly processor: {
    readonly manufacturer: string;
    readonly name: string;
    readonly family: number;
    readonly revision: number;
    /** What a guest sees of it; a target needs all of them unless the VM runs in compatibility mode. */
    readonly features: readonly string[];
  };
  readonly migration: Omit<MigrationSettings, 'performance'> & { readonly performance: string };
  /** Of other tools, beside what moves through the simulator. */
  readonly otherMoves: number;
  readonly delegation: { readonly allowedTo: readonly string[]; readonly anyProtocol: boolean };
  readonly credentialGuard: boolean;
  readonly roleInstalled: boolean;
  /** By service name: `Running` or `Stopped`. */
  readonly services: Readonly<Record<string, string>>;
  /** Firewall groups that are open, by their locale-neutral id or name. */
  readonly firewallOpen: readonly string[];
  readonly adapters: readonly NetAdapter[];
  readonly switches: Readonly<Record<string, SwitchDetails>>;
  readonly sans: readonly string[];
  readonly numaSpanning: boolean;
  readonly numaNodes: number;
  readonly guardians: readonly string[];
  readonly partitionableGpus: readonly string[];
  readonly closedPorts: readonly number[];
  readonly adminShare: boolean;
  readonly defenderExclusions: readonly string[];
  /** Nobody reaches it over the network. */
  readonly unreachable: boolean;
}

export interface AdapterOverlay {
  readonly dynamicMac: boolean;
  readonly vlan: {
    readonly mode: 'Untagged' | 'Access' | 'Trunk';
    readonly access: number;
    readonly native: number;
    readonly allowed: string;
  };
  readonly acls: readonly Readonly<Record<string, unknown>>[];
  readonly bandwidthMinimum: number;
  readonly bandwidthMinimumWeight: number;
  readonly bandwidthMaximum: number;
  readonly iovWeight: number;
  readonly macSpoofing: boolean;
  readonly dhcpGuard: boolean;
  readonly routerGuard: boolean;
}

export interface VmOverlay {
  readonly version: string;
  readonly configurationPath: string;
  readonly snapshotPath: string;
  readonly pagingPath: string;
  readonly stopAction: 'TurnOff' | 'Save' | 'ShutDown';
  readonly startDelay: number;
  readonly checkpointType: string;
  readonly automaticCheckpoints: boolean;
  /** The state by its Hyper-V name where it is not what the guest shows, for example `Saved`. */
  readonly state?: string;
  readonly primaryStatus: string;
  readonly secondaryStatus?: string;
  readonly dvdDrives: readonly {
    readonly controller: number;
    readonly location: number;
    readonly media: 'None' | 'ISO' | 'PassThrough';
    readonly path: string;
  }[];
  /** By adapter name. */
  readonly adapters: Readonly<Record<string, AdapterOverlay>>;
  /** By disk id, for example `SCSI 0:0`. */
  readonly disks: Readonly<
    Record<
      string,
      { readonly shared?: boolean; readonly minimumIops?: number; readonly maximumIops?: number }
    >
  >;
  readonly memory: {
    readonly dynamic: boolean;
    readonly minimumBytes: number;
    readonly maximumBytes: number;
    readonly buffer: number;
  };
  readonly processor: {
    readonly compatibleForMigration: boolean;
    readonly exposesVirtualization: boolean;
    readonly countPerNumaNodeMax: number;
  };
  readonly security: {
    readonly tpm: boolean;
    readonly shielded: boolean;
    readonly guardians: readonly string[];
  };
  readonly assignedDevices: readonly string[];
  readonly gpuPartitions: readonly { readonly canLeave: boolean }[];
  readonly sans: readonly string[];
  readonly replication: {
    readonly mode: string;
    readonly state: string;
    readonly primaryServer: string;
    readonly replicaServer: string;
  } | null;
  /** By checkpoint id. */
  readonly checkpoints: Readonly<
    Record<string, { readonly type?: string; readonly automatic?: boolean }>
  >;
  /** Whether the guest's components answer. */
  readonly services: Readonly<Record<ServiceName, boolean>>;
}

export type ServiceName = 'shutdown' | 'heartbeat' | 'vss';

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
    roleInstalled: true,
    services: { vmms: 'Running', LanmanServer: 'Running', LanmanWorkstation: 'Running' },
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
