/** A Hyper-V server as its worker reports it. */

import type { HyperVHostFacts } from './hyperv.ts';
import type { Method } from './plan.ts';
import type { VmFacts } from './vm.ts';
import type { Window } from './window.ts';

export interface VolumeFacts {
  /** For example `D:` or a folder that a volume is mounted on. */
  readonly path: string;
  readonly fileSystem: string;
  readonly bytesTotal: number;
  readonly bytesFree: number;
  /** Promised to migrations under way (bytes still to come), already taken off by checks. */
  readonly bytesReserved: number;
}

export interface SwitchFacts {
  readonly name: string;
  readonly type: 'External' | 'Internal' | 'Private';
}

/** A network that migrations may use. */
export interface MigrationNetworkFacts {
  readonly name: string;
  /** CIDR, for example `10.0.9.0/24`. */
  readonly subnet: string;
  readonly address: string;
  readonly bitsPerSecond: number;
  readonly up: boolean;
  /** False when it also carries VM traffic or the default gateway. */
  readonly dedicated: boolean;
}

/** A copy of a VM that lies on a host's volumes; people may have it deleted. */
export interface KeptFacts {
  readonly vm: { readonly id: string; readonly name: string };
  readonly kind: 'received' | 'left behind';
  /** Of one that was left behind: the record beside its disks. */
  readonly folder: string;
  readonly bytes: number;
  /** That made it. */
  readonly operation?: string;
  /** By a VM or an operation: nobody may delete it now. */
  readonly usedBy?: string;
  /** When it was as it is, milliseconds since 1970, this host's clock. */
  readonly committedAt?: number;
  /** Absent where a copy cannot begin from these files. */
  readonly disks?: readonly KeptDisk[];
}

/** A file of a copy, where it lies. */
export interface KeptDisk {
  /** Where it is attached, for example `SCSI 0:0`. */
  readonly disk: string;
  readonly path: string;
  readonly virtualBytes: number;
}

export interface HostFacts {
  readonly name: string;
  readonly volumes: readonly VolumeFacts[];
  /** The volume on which copies and moved VMs are put. */
  readonly vmVolume: string;
  readonly switches: readonly SwitchFacts[];
  readonly networks: readonly MigrationNetworkFacts[];
  readonly memoryBytesTotal: number;
  readonly memoryBytesFree: number;
  readonly memoryBytesReserved: number;
  readonly processors: number;
  readonly slotsMax: number;
  readonly slotsUsed: number;
  /** The ways to move a VM away that its driver has, the preferred one first. */
  readonly methods: readonly Method[];
  readonly vms: readonly VmFacts[];
  /** Absent: nobody looked. */
  readonly kept?: readonly KeptFacts[];
  /** The drain that emptied it to be worked on. The bot alone knows that; absent: none. */
  readonly maintenance?: string;
  /** When the cutover of a VM may begin on it; absent: at any time. */
  readonly window?: Window;
  /** What only Windows has; a simulated host says nothing of it. */
  readonly hyperv?: HyperVHostFacts;
}
