/** What Windows says of a VM beyond what every hypervisor has. Names are those of the Hyper-V module. */

import type { Read } from './hyperv.ts';

export interface HyperVDiskFacts {
  /** `SCSI 0:0`, as in the VM's disks. */
  readonly id: string;
  /** Empty for a pass-through disk. */
  readonly path: string;
  readonly passThrough: boolean;
  readonly shared: boolean;
  /** VHD set (`.vhds`). */
  readonly vhdSet: boolean;
  /** From the leaf to the base; one path where there is no parent. */
  readonly chain: Read<readonly string[]>;
  /** File bytes of the whole chain. */
  readonly fileBytes: Read<number>;
  readonly place: 'local' | 'share' | 'cluster';
}

export interface HyperVAdapterFacts {
  readonly name: string;
  readonly id: string;
  readonly mac: string;
  readonly dynamicMac: boolean;
  readonly switch?: string;
  readonly vlan: Read<{
    readonly mode: string;
    readonly access?: number;
    readonly native?: number;
    readonly allowed?: string;
  }>;
  readonly extendedAcls: Read<number>;
  readonly bandwidthMinimum: Read<number>;
  readonly bandwidthMaximum: Read<number>;
  readonly iovWeight: number;
}

export interface HyperVVmFacts {
  readonly version: Read<string>;
  /** The state by its Hyper-V name, for example `RunningCritical` or `Saving`. */
  readonly state: string;
  /** Names of `VMOperationalStatus`; `Ok` alone is idle and well. */
  readonly primaryStatus: string;
  readonly secondaryStatus?: string;
  readonly configurationPath: string;
  readonly disks: readonly HyperVDiskFacts[];
  readonly adapters: readonly HyperVAdapterFacts[];
  readonly checkpoints: Read<
    readonly {
      readonly id: string;
      readonly name: string;
      readonly type: string;
      readonly automatic: boolean;
    }[]
  >;
  readonly dvdDrives: Read<
    readonly {
      readonly id: string;
      readonly media: 'None' | 'ISO' | 'PassThrough';
      readonly path?: string;
    }[]
  >;
  readonly fibreChannelSans: Read<readonly string[]>;
  readonly memory: {
    readonly dynamic: boolean;
    readonly startupBytes: number;
    readonly maximumBytes: number;
    readonly assignedBytes: number;
  };
  readonly processor: Read<{
    readonly compatibleForMigration: boolean;
    readonly exposesVirtualization: boolean;
    readonly countPerNumaNodeMax: number;
  }>;
  readonly security: Read<{
    readonly tpm: boolean;
    readonly shielded: boolean;
    /** Thumbprints of the guardians that its key protector names. */
    readonly guardians: Read<readonly string[]>;
  }>;
  readonly assignedDevices: Read<readonly string[]>;
  readonly gpuPartitions: Read<readonly { readonly canLeave: Read<boolean> }[]>;
  readonly replication: Read<{
    readonly mode: string;
    readonly state: string;
    readonly primaryServer: string;
    readonly replicaServer: string;
  } | null>;
  readonly clusterRole: Read<{
    readonly group: string;
    readonly ownerNode: string;
    readonly possibleOwners: readonly string[];
  } | null>;
  /** Whether a shutdown from outside and a heartbeat are to be had (by the services' Ids). */
  readonly services: Read<{ readonly shutdown: boolean; readonly heartbeat: boolean }>;
  readonly stopAction: string;
}
