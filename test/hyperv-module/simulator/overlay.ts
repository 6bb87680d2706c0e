/** What only Windows has of hosts and VMs: in memory, and as JSON beside the lab. Tests change it. */

import type { MigrationSettings } from '../../../src/domain/hyperv.ts';
import type { Language } from './messages.ts';
import type { ProfileName } from './profiles.ts';

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
  /** What its driver says in place of a GUID. */
  readonly guid?: string;
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
  /** The worker's account is marked as one that cannot be delegated. */
  readonly sensitiveAccount: boolean;
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
  /** Files that it has outside the lab, for example ISO images. */
  readonly files: readonly string[];
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
  readonly acls: readonly {
    readonly direction: 'Inbound' | 'Outbound';
    readonly action: 'Allow' | 'Deny';
    /** By property: `LocalPort`, `RemoteIPAddress`, `Weight` ... */
    readonly values: Readonly<Record<string, string | number | boolean>>;
  }[];
  /** Those of `Add-VMNetworkAdapterAcl`: one end says something, the other is any address. */
  readonly plainAcls: readonly {
    readonly direction: 'Inbound' | 'Outbound' | 'Both';
    readonly action: 'Allow' | 'Deny' | 'Meter';
    readonly end: 'Local' | 'Remote';
    readonly address: string;
    readonly type:
      | 'Mac'
      | 'IPv4'
      | 'IPv6'
      | 'WildcardIPv4'
      | 'WildcardIPv6'
      | 'WildcardBoth'
      | 'WildcardMac';
  }[];
  readonly bandwidthMinimum: number;
  readonly bandwidthMinimumWeight: number;
  readonly bandwidthMaximum: number;
  readonly iovWeight: number;
  readonly macSpoofing: boolean;
  readonly dhcpGuard: boolean;
  readonly routerGuard: boolean;
}

export interface CheckpointOverlay {
  readonly type?: string;
  readonly automatic?: boolean;
  readonly name?: string;
  /** Milliseconds. */
  readonly createdAt?: number;
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
  readonly checkpoints: Readonly<Record<string, CheckpointOverlay>>;
  /** An export without storage has switched it off, until it is switched on again (facts D.5). */
  readonly diskMergeOff?: boolean;
  /** Of a VM whose definition was imported: the file that it lies in, as a real path. */
  readonly definition?: string;
  /** What its virtual TPM holds; it is lost where its files do not come along. */
  readonly tpmState?: string;
  /** Whether the guest's components answer. */
  readonly services: Readonly<Record<ServiceName, boolean>>;
}

export type ServiceName = 'shutdown' | 'heartbeat' | 'vss';
