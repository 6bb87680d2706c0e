/** What the page's server and its browser client say to each other. Types only. */

export interface PersonOnPage {
  readonly id: string;
  readonly name: string;
  /** What the bot's configuration lets this person do, in words. */
  readonly role: string;
}

export interface ChannelOnPage {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
}

/** Where a fault is done: once for the lab, on one host, or to one VM on one host. */
export type FaultPlace = 'lab' | 'host' | 'vm' | 'slack';

export interface FaultOnPage {
  readonly id: string;
  readonly place: FaultPlace;
  readonly label: string;
  /** What it does and how it ends, in one sentence. */
  readonly what: string;
  /** It stays until it is switched off. */
  readonly isSwitch: boolean;
}

/** The first thing that a browser is told. */
export interface Start {
  readonly people: readonly PersonOnPage[];
  readonly app: { readonly id: string; readonly name: string };
  readonly channels: readonly ChannelOnPage[];
  readonly groups: readonly string[];
  readonly faults: readonly FaultOnPage[];
}

/** A block or element of Slack's Block Kit, as the bot sent it. */
export type WireBlock = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface WireFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Bytes. */
  readonly size: number;
}

export interface WireView {
  readonly title?: { readonly text: string } | undefined;
  readonly submit?: { readonly text: string } | undefined;
  readonly close?: { readonly text: string } | undefined;
  readonly blocks: readonly WireBlock[];
  readonly hash: string;
}

/** Slack's `state.values` of a view: by block_id, then by action_id. */
export type WireValues = Readonly<Record<string, Readonly<Record<string, WireBlock>>>>;

export interface WireOpenView {
  readonly viewId: string;
  readonly view: WireView;
  readonly values: WireValues;
}

/** What the person acted as sees of Slack, told at the start and at each change. */
export interface SlackNews {
  readonly messages: readonly WireMessage[];
  /** The person's open modals, the one on top last; absent when they did not change. */
  readonly views?: readonly WireOpenView[];
  /** The app's Home tab; null until it was published, absent when it did not change. */
  readonly home?: WireOpenView | null;
}

export interface Failure {
  readonly text: string;
  readonly remedy: string;
}

/** What may be put into a field; a list where several may be picked. */
export type WireFieldValue = string | readonly string[] | null;

/** An element of a message or of a view. */
export interface WirePlace {
  readonly messageTs?: string;
  readonly viewId?: string;
  readonly blockId: string;
  readonly actionId: string;
}

export interface WireOption {
  readonly text: string;
  readonly value: string;
  readonly description?: string | undefined;
  readonly group?: string | undefined;
}

export interface WireMessage {
  readonly kind: 'message' | 'ephemeral' | 'command' | 'click';
  readonly channel: string;
  readonly ts: string;
  readonly author: string;
  readonly text: string;
  readonly blocks: readonly WireBlock[];
  readonly threadTs?: string | undefined;
  readonly isBroadcast: boolean;
  readonly to?: string | undefined;
  readonly editedTs?: string | undefined;
  readonly isDeleted: boolean;
  readonly files: readonly WireFile[];
}

export interface DiskTruth {
  readonly id: string;
  /** Relative to the lab's folder. */
  readonly path: string;
  /** The file's size now; absent when the file is not there. */
  readonly bytes?: number;
  readonly virtualBytes: number;
}

export interface HostVm {
  readonly id: string;
  readonly name: string;
  /** By the operating system's process list. */
  readonly isRunning: boolean;
  readonly isFenced: boolean;
  readonly startAction: string;
  readonly checkpoints: readonly string[];
  readonly disks: readonly DiskTruth[];
}

export interface CopyTruth {
  readonly vm: string;
  readonly operation: string;
  readonly round: number;
  readonly committedAtMs: number;
  readonly folder: string;
  readonly bytes: number;
}

export interface HostTruth {
  readonly name: string;
  readonly hasPower: boolean;
  readonly vms: readonly HostVm[];
  readonly copies: readonly CopyTruth[];
}

/** What witness and checker say of one VM. */
export interface VmTruth {
  readonly id: string;
  readonly name: string;
  readonly runsOn: readonly string[];
  readonly ranTwice: boolean;
  readonly acknowledged: number;
  readonly recordsPerSecond: number;
  /** Absent until the checker has read the disks once. */
  readonly lost?: number;
  readonly longestPause?: {
    readonly milliseconds: number;
    readonly fromHost: string;
    readonly toHost: string;
  };
}

/** One point a second; bytes a second by name. */
export interface Samples {
  readonly atSeconds: readonly number[];
  /** Through the cable between the hosts, by the host that is dialled. */
  readonly throughput: Readonly<Record<string, readonly number[]>>;
  /** What the guests write, by VM name. */
  readonly dirty: Readonly<Record<string, readonly number[]>>;
}

export interface Truth {
  readonly atMs: number;
  /** When the checker last read the disks for lost records. */
  readonly checkedAtMs?: number;
  readonly vms: readonly VmTruth[];
  readonly hosts: readonly HostTruth[];
  /** Switches that are on, as `id`, `id:host` or `id:host:vm`. */
  readonly switchedOn: readonly string[];
  readonly samples: Samples;
}
