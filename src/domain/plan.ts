/** What people approve. Measurements stand beside it, never in it. */

import { createHash } from 'node:crypto';
import type { LiveMove, LiveWay } from './live.ts';
import type { StartAction } from './vm.ts';
import type { Window } from './window.ts';

export type Method = 'live' | 'stream';

/** What two hosts lack for a live move, by the check that says so. */
export type LiveObstacle =
  | 'domain'
  | 'processor-vendor'
  | 'delegation'
  | 'migration-authentication'
  | 'migration-enabled';

export interface PlannedDisk {
  /** Where it is attached, for example `SCSI 0:0`. */
  readonly id: string;
  readonly sourcePath: string;
  readonly targetPath: string;
  readonly virtualBytes: number;
}

/** Disks of the VM that lie at the target already, as it was then. */
export interface PlannedBase {
  readonly kind: 'received' | 'left behind';
  /** As the target names this copy. */
  readonly folder: string;
  /** Milliseconds since 1970, the target's clock. */
  readonly committedAt: number;
  /** Of its files: what is read there to find what differs. */
  readonly bytes: number;
}

/** An ISO image in a drive of a VM that moves live; by what is known of it at the target. */
export interface PlannedMedium {
  readonly path: string;
  /** `unknown`: it is ejected, and put back where the target turns out to have it. */
  readonly becomes: 'stays' | 'ejected' | 'unknown';
}

/** Another virtual switch at the target than the one of the same name. */
export interface SwitchChoice {
  readonly from: string;
  readonly to: string;
}

/** How the hypervisor is asked for a live move, and what comes of it beside the disks. */
export interface PlannedLive {
  readonly way: LiveWay;
  /** The target's full name. */
  readonly target: string;
  /** The folder at the target for all but disks; absent where nothing but memory moves. */
  readonly folder?: string;
  /** Files that disks stand on: they are copied too, and stay at the source. Absent: none. */
  readonly parents?: readonly { readonly sourcePath: string; readonly targetPath: string }[];
  /** What it may go over; the hypervisor chooses. Absent where that is not known. */
  readonly networks?: readonly {
    readonly subnet: string;
    readonly sourceAddress: string;
    readonly targetAddress: string;
    /** On both ends. */
    readonly dedicated: boolean;
  }[];
  /** The cluster's own networks for live migration, by name: then it goes over one of these. */
  readonly clusterNetworks?: readonly string[];
  /** Adapters that change to a switch of another name, and have no network while it moves. Absent: none. */
  readonly rewired?: readonly (SwitchChoice & { readonly adapter: string })[];
  /** Absent: none. */
  readonly media?: readonly PlannedMedium[];
}

export interface Plan {
  readonly vm: { readonly id: string; readonly name: string };
  readonly source: string;
  readonly target: string;
  readonly method: Method;
  /** Of a stream that nobody asked for by name: why it is not a live move. */
  readonly because?: LiveObstacle;
  readonly disks: readonly PlannedDisk[];
  /** Each adapter that has a virtual switch, with the one at the target; `from` where its name is another. */
  readonly networks: readonly {
    readonly adapter: string;
    readonly switch: string;
    readonly from?: string;
  }[];
  /** The migration network's subnet. */
  readonly migrationSubnet: string;
  /** The target's volume that takes the disks. */
  readonly volume: string;
  /** What a person asked for; the stream may be limited anew while it runs. */
  readonly bytesPerSecondMax?: number;
  /** A live move stops nothing; a VM that is off already is copied as it is, and stays off. */
  readonly stop: 'clean shutdown' | 'none' | 'already off';
  /** Longest accepted time from stop to heartbeat. Means nothing to a VM that is off already. */
  readonly pauseSecondsMax: number;
  /** Nothing is done before this time, milliseconds since 1970. */
  readonly startAt?: number;
  /** The cutover does not begin before this time, milliseconds since 1970; it may be approved before. */
  readonly cutoverAt?: number;
  /** The cutover begins inside of all of these. */
  readonly windows?: readonly Window[];
  /** The copy there that it begins from: only what differs from it is sent. Absent: nothing is there. */
  readonly base?: PlannedBase;
  /** Space on the target volume that must not be exceeded. */
  readonly bytesOnTargetMax: number;
  /** How long the whole migration may take before it must ask again. */
  readonly secondsMax: number;
  readonly memoryStartupBytes: number;
  /** What the host that runs the VM does with it at boot; restored at the end, on either side. */
  readonly startAction: StartAction;
  /** `configurationFingerprint` of the VM when the plan was made. */
  readonly configuration: string;
  /** It must never go back in time. Absent where nobody knows that of it. */
  readonly domainController?: true;
  /** Of a live move alone: how the hypervisor is asked. */
  readonly live?: PlannedLive;
  /** Codes of the warnings and unknowns that people accept with the plan. */
  readonly acknowledged: readonly string[];
}

/** To keep a copy of a VM on another host that is never older than promised; the VM stays where it is. */
export interface AlignmentPlan
  extends Pick<
    Plan,
    | 'vm'
    | 'source'
    | 'target'
    | 'disks'
    | 'migrationSubnet'
    | 'volume'
    | 'bytesPerSecondMax'
    | 'base'
    | 'bytesOnTargetMax'
    | 'configuration'
    | 'domainController'
    | 'acknowledged'
  > {
  readonly method: 'align';
  /** From the beginning of one round to that of the next. */
  readonly everySeconds: number;
}

/** What is copied from one host to another by rounds. */
export type CopyingPlan = Plan | AlignmentPlan;

/** A stream of a VM that is off: one copy while it is fenced, and nothing starts it. */
export const staysOff = (plan: CopyingPlan | RestorePlan): boolean =>
  'stop' in plan && plan.stop === 'already off';

/** As people chose them with the plan. */
export const switchesOf = ({ networks }: Pick<Plan, 'networks'>): SwitchChoice[] =>
  networks.flatMap(({ from, switch: to }) => (from === undefined ? [] : [{ from, to }]));

/** What is asked of the hypervisor. Only of a plan of the method `live`. */
export function liveMoveOf({ vm, disks, networks, migrationSubnet, live }: Plan): LiveMove {
  if (!live) throw new Error('This plan is not of a live move');
  const { way, target, folder, parents } = live;
  const moved = way === 'with storage' ? disks : [];
  return {
    vm,
    way,
    target,
    ...(folder === undefined ? {} : { folder }),
    ...(parents === undefined ? {} : { parents }),
    disks: moved.map(({ id, sourcePath, targetPath }) => ({ disk: id, sourcePath, targetPath })),
    networks,
    migrationSubnet,
  };
}

/** A copy as people agree to have it deleted. */
export interface PlannedCopy {
  /** The folder that holds it. */
  readonly folder: string;
  /** The operation that made it. */
  readonly operation: string;
  readonly round: number;
  /** When that round was committed, milliseconds since 1970, the host's clock. */
  readonly committedAt: number;
  readonly bytes: number;
}

/** To delete the copies of a VM that one host keeps. */
export interface DeletionPlan {
  readonly vm: { readonly id: string; readonly name: string };
  /** One host alone acts: it is both. */
  readonly source: string;
  readonly target: string;
  readonly method: 'delete';
  readonly copies: readonly PlannedCopy[];
  /** Codes of the warnings and unknowns that people accept with the plan. */
  readonly acknowledged: readonly string[];
}

/** To start a VM from its copy, because the host that ran it is lost. */
export interface RestorePlan
  extends Pick<
    Plan,
    | 'vm'
    | 'source'
    | 'target'
    | 'networks'
    | 'volume'
    | 'memoryStartupBytes'
    | 'startAction'
    | 'pauseSecondsMax'
    | 'domainController'
    | 'acknowledged'
  > {
  readonly method: 'restore';
  readonly copy: PlannedCopy;
  /** What the guest wrote before is in the copy, and nothing of what it wrote after: milliseconds since 1970. */
  readonly freshAt: number;
}

export type AnyPlan = CopyingPlan | RestorePlan | DeletionPlan;

export const isDeletion = (plan: AnyPlan): plan is DeletionPlan => plan.method === 'delete';
export const isAlignment = (plan: AnyPlan): plan is AlignmentPlan => plan.method === 'align';
/** It moves a VM. */
export const isMove = (plan: AnyPlan): plan is Plan =>
  plan.method === 'live' || plan.method === 'stream';
export const isRestore = (plan: AnyPlan): plan is RestorePlan => plan.method === 'restore';

/** The number that an approval is bound to. Key order does not matter. */
export function planHash(plan: AnyPlan | { readonly method: 'drain' | 'return' }): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/** Whether both move the same disks of one VM between the same places: what a new plan must keep. */
export function isSameMove(one: AnyPlan, other: AnyPlan): boolean {
  if (!isMove(one) || !isMove(other)) return false;
  const move = ({ vm, source, target, method, volume, disks, stop }: Plan): string =>
    canonicalJson([vm.id, source, target, method, volume, disks, stop]);
  return move(one) === move(other);
}

/** JSON with sorted keys, so that equal values have equal bytes on every machine. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}
