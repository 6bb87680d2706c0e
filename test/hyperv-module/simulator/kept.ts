/** What a simulator knows beside the lab, and keeps as JSON over its restarts. */

import type { Place } from '../../../src/hosts/lab/layout.ts';
import type { LabHostState, LabVm } from '../../../src/hosts/lab/state.ts';
import type { HostOverlay, VmOverlay } from './overlay.ts';
import type { Profile, ProfileName } from './profiles.ts';

/** Storage that several hosts reach: a share by its UNC name, or a cluster's volume by its folder. */
export interface SharedStorage {
  readonly kind: 'share' | 'cluster';
  /** As Windows shows it, for example `\\files\vms` or `C:\ClusterStorage\Volume1`. */
  readonly name: string;
  /** Where it really lies. */
  readonly folder: string;
  readonly reachableBy: readonly string[];
}

export interface ClusterGroup {
  readonly name: string;
  readonly vmId: string;
  readonly owner: string;
  readonly possibleOwners: readonly string[];
}

export interface Cluster {
  readonly name: string;
  readonly nodes: readonly { readonly name: string; readonly state: string }[];
  readonly groups: readonly ClusterGroup[];
  readonly networks: readonly {
    readonly name: string;
    readonly subnet: string;
    readonly migration: boolean;
  }[];
  readonly movesMax: number;
}

/** What a check or a move keeps at the target until it is over. */
export interface PlannedVm {
  readonly host: string;
  readonly vmId: string;
  readonly name: string;
}

/** A move that a simulator that ended left behind. */
export interface BegunMove {
  readonly instanceId: string;
  readonly vmId: string;
  readonly target: string;
  readonly copies: readonly string[];
  readonly pid?: number;
}

/** A VM as an import has planned it. */
export interface ImportedVm {
  readonly host: string;
  /** The definition that it came from, as a real path. */
  readonly definition: string;
  readonly copy?: CopyPlaces;
  lab: LabVm;
  overlay: VmOverlay;
}

/** Where `-Copy` puts things; real paths. */
export interface CopyPlaces {
  readonly configuration?: string;
  readonly disks?: string;
}

/** One entry of an event log. */
export interface LoggedEvent {
  readonly host: string;
  readonly record: number;
  readonly id: number;
  /** Milliseconds. */
  readonly at: number;
  readonly level: number;
  readonly vmName: string;
  readonly vmId: string;
  readonly hresult?: number;
}

/** Everything that is kept over a restart of the simulator. */
export interface Kept {
  hosts: Record<string, HostOverlay>;
  /** By host and Id: while a VM is registered on two hosts, each has its own. */
  vms: Record<string, VmOverlay>;
  imports: ImportedVm[];
  events: LoggedEvent[];
  /** Files without the SID of their VM, by what the file system knows them by. */
  foreignFiles: string[];
  storage: SharedStorage[];
  cluster: Cluster | null;
  planned: PlannedVm[];
  begun: BegunMove[];
  /** Addresses of other machines, by name in lower case. */
  names: Record<string, string[]>;
}

export const nothingKept = (): Kept => ({
  hosts: {},
  vms: {},
  imports: [],
  events: [],
  foreignFiles: [],
  storage: [],
  cluster: null,
  planned: [],
  begun: [],
  names: {},
});

/** One host, as it is now. */
export interface SimHost {
  readonly name: string;
  readonly lab: LabHostState;
  readonly overlay: HostOverlay;
  readonly profile: Profile;
}

/** One VM on one host, as it is now. */
export interface SimVm {
  readonly place: Place;
  readonly host: string;
  readonly lab: LabVm;
  readonly overlay: VmOverlay;
  /** Not registered: what an import is about to make. */
  readonly isPlanned?: boolean;
}

export const keyOf = ({ host, vmId }: Pick<Place, 'host' | 'vmId'>): string => `${host} ${vmId}`;

export interface HostSetup {
  readonly name: string;
  readonly profile: ProfileName;
}
