/**
 * What Windows says of a Hyper-V host beyond what every hypervisor has; `hyperv-vm.ts` has its VMs. Scripts
 * read it, preflight judges it, people see it in findings. Names are those of the Hyper-V module.
 */

/** One question to Windows, with its answer. */
export type Read<T> =
  | { readonly value: T }
  /** Why it could not be read, in Windows' own words: unknown, never well. */
  | { readonly unread: string }
  /** This release of Windows, or this host, has no such thing: there is nothing to judge. */
  | { readonly lacks: true };

/** The value; `undefined` where it could not be read or there is none. */
export const known = <T>(read: Read<T> | undefined): T | undefined =>
  read && 'value' in read ? read.value : undefined;

/** Another host, as one is asked to look for it. */
export interface Towards {
  /** Its name in Ferry. */
  readonly host: string;
  readonly shortName: string;
  readonly fullName: string;
  /** In the migration network; the full name where there is no such network. */
  readonly address: string;
}

/** Of the other host, as this one sees it over the network. */
export interface ReachFacts {
  /** The other host's name. */
  readonly host: string;
  /** TCP 6600 (live migration) on the address in the migration network. */
  readonly migrationPort: Read<boolean>;
  /** TCP 445 on the address in the migration network. */
  readonly smbPort: Read<boolean>;
  /** TCP 5985 or 5986. */
  readonly managementPort: Read<boolean>;
  /** `\\host\admin$` opens in the worker's own context. */
  readonly adminShare: Read<boolean>;
  /** Addresses of the short name and of the full one; empty where it does not resolve. */
  readonly shortName: Read<readonly string[]>;
  readonly fullName: Read<readonly string[]>;
  /** ISO images in drives of VMs here that the other host has under the same path. Absent: nobody looked. */
  readonly media?: Read<readonly string[]>;
}

export interface NetAdapterFacts {
  readonly name: string;
  readonly up: boolean;
  readonly bitsPerSecond: number;
  /** CIDR, for example `10.0.9.1/24`. */
  readonly addresses: readonly string[];
  readonly hasDefaultGateway: boolean;
  /** Client for Microsoft Networks (`ms_msclient`) and File and Printer Sharing (`ms_server`). */
  readonly msClient: Read<boolean>;
  readonly msServer: Read<boolean>;
  /** The virtual switch that uses it, if one does. */
  readonly switch?: string;
}

export interface HyperVSwitchFacts {
  readonly name: string;
  readonly id: string;
  readonly type: 'External' | 'Internal' | 'Private';
  /** Of an external switch: its card is up. */
  readonly uplinkUp: Read<boolean>;
  readonly extensions: Read<readonly { readonly name: string; readonly enabled: boolean }[]>;
  readonly bandwidthMode: Read<string>;
}

export interface MigrationSettings {
  readonly enabled: boolean;
  readonly authentication: 'CredSSP' | 'Kerberos';
  /** 2012 has no choice. */
  readonly performance: Read<'TCPIP' | 'Compression' | 'SMB'>;
  readonly movesMax: number;
  readonly storageMovesMax: number;
  readonly useAnyNetwork: boolean;
  /** CIDR; counts only where `useAnyNetwork` is false. */
  readonly networks: readonly { readonly subnet: string; readonly priority?: number }[];
}

export interface ClusterFacts {
  readonly name: string;
  readonly node: string;
  readonly nodes: readonly { readonly name: string; readonly state: string }[];
  /** Cluster shared volumes as folders, for example `C:\ClusterStorage\Volume1`. */
  readonly sharedVolumes: readonly string[];
  readonly migrationNetworks: Read<readonly string[]>;
}

/** What it leaves alone. */
export interface DefenderFacts {
  readonly scansFilesInUse: boolean;
  /** From Windows Server 2016 on it leaves alone what an installed role needs. */
  readonly knowsRoles: boolean;
  /** With or without the dot, as they were entered. */
  readonly extensions: readonly string[];
  readonly programs: readonly string[];
}

/** What everything on this host needs from the network. */
export interface DependencyFacts {
  readonly domainControllers: Read<readonly string[]>;
  readonly dnsServers: Read<readonly string[]>;
  readonly gateways: Read<readonly string[]>;
  /** Addresses of the machine with Ferry's store, as this worker's configuration names it. */
  readonly store: Read<readonly string[]>;
  /** Addresses of the machine with the bot, where the worker knows it. */
  readonly bot: Read<readonly string[]>;
}

export interface HyperVHostFacts {
  readonly computerName: string;
  readonly fullName: string;
  /** 9200 is 2012, 9600 2012 R2, 14393 2016, 17763 2019, 20348 2022, 26100 2025. */
  readonly build: Read<number>;
  readonly language: Read<string>;
  /** The role is installed and its service runs. */
  readonly role: Read<{ readonly installed: boolean; readonly serviceRunning: boolean }>;
  readonly domain: Read<{
    readonly joined: boolean;
    readonly name: string;
    /** Domains with a two-way trust. */
    readonly trusted: readonly string[];
  }>;
  readonly processor: Read<{
    readonly manufacturer: string;
    readonly name: string;
    readonly family: number;
    readonly revision: number;
  }>;
  readonly logicalProcessors: Read<number>;
  readonly numa: Read<{
    readonly spanning: boolean;
    readonly nodes: readonly { readonly processors: number; readonly memoryBytes: number }[];
  }>;
  readonly migration: Read<MigrationSettings>;
  /** What runs now, of this host's own moves and of other tools'. */
  readonly activeMoves: Read<{ readonly moves: number; readonly storageMoves: number }>;
  readonly credentialGuard: Read<boolean>;
  readonly delegation: Read<{
    /** `msDS-AllowedToDelegateTo` of this host's computer account. */
    readonly allowedTo: readonly string[];
    readonly anyProtocol: boolean;
  }>;
  readonly account: Read<{
    readonly name: string;
    readonly isAdministrator: boolean;
    readonly isHyperVAdministrator: boolean;
    readonly cannotBeDelegated: boolean;
    /** A service or a remote session, not somebody at the console. */
    readonly isService: boolean;
  }>;
  readonly adapters: Read<readonly NetAdapterFacts[]>;
  /** The names of cards beside them that could not be read, each with why; absent: none. */
  readonly adaptersUnread?: readonly string[];
  readonly switches: Read<readonly HyperVSwitchFacts[]>;
  readonly fileServer: Read<{
    readonly serviceRunning: boolean;
    /** The firewall group of file sharing (`@FirewallAPI.dll,-28502`). */
    readonly firewallOpen: boolean;
  }>;
  readonly supportedVersions: Read<readonly string[]>;
  readonly fibreChannelSans: Read<readonly string[]>;
  /** Thumbprints of the guardian certificates of which this host has the private key. */
  readonly guardians: Read<readonly string[]>;
  readonly partitionableGpus: Read<readonly string[]>;
  /** Ids of VMs that an unfinished move or check left planned here. */
  readonly plannedVms: Read<readonly string[]>;
  readonly cluster: Read<ClusterFacts | null>;
  /**
   * Full paths of the files that lie in the folders of `vmVolume` and in their `Virtual Hard Disks`
   * and `Virtual Machines`: what a move that comes here must not meet. Absent: nobody looked.
   */
  readonly files?: Read<readonly string[]>;
  /** Microsoft Defender; of another scanner Windows says nothing. Absent: nobody looked. */
  readonly defender?: Read<DefenderFacts>;
  readonly dependencies: DependencyFacts;
  /** Only where it was asked about another host. */
  readonly reach?: ReachFacts;
  /** The running moves, by the Id of their VM. */
  readonly moves: Read<readonly MoveJobFacts[]>;
}

/** `Msvm_MigrationJob`. */
export interface MoveJobFacts {
  readonly instanceId: string;
  readonly vmId: string;
  readonly migrationType: number;
  readonly jobState: number;
  readonly percent: number;
  readonly cancellable: boolean;
}
