/** Words of a plan: what will happen, what is estimated, and what people approve. */

import type { Severity } from '../../domain/finding.ts';
import type { LiveWay } from '../../domain/live.ts';
import type { LiveObstacle, Method, Plan, PlannedBase } from '../../domain/plan.ts';
import type { StartAction } from '../../domain/vm.ts';
import type { Window } from '../../domain/window.ts';
import { utcText } from '../amounts.ts';
import type { TextOf } from '../catalogue.ts';
import { bitRateText, bytesText, listText, secondsText } from './amounts.ts';
import { modal } from './modal.ts';
import { planLive } from './plan-live.ts';
import { times } from './times.ts';

/** All names are cut to what a name may be. */
interface Route {
  readonly vm: string;
  readonly source: string;
  readonly target: string;
}

export interface Copying extends Route {
  readonly disks: number;
  readonly virtualBytes: number;
  /** What is copied; absent when nobody estimated it. */
  readonly usedBytes?: number;
  readonly volume: string;
  readonly subnet: string;
  readonly seconds?: number;
  readonly bytesPerSecondMax?: number;
}

interface Switching extends Route {
  readonly pauseSeconds?: number;
  readonly pauseSecondsMax: number;
}

const rateText = (bytesPerSecond: number): string => `${bytesText(bytesPerSecond)}/s`;
const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
const aboutText = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `: about ${secondsText(seconds)}`;

export const plan = {
  whatHappens: 'What will happen',
  /** Of a migration that copies; a live move has `live`. */
  steps: [
    ({ vm, target, disks, volume, subnet, seconds, ...amounts }: Copying & Switching) => {
      const { virtualBytes, usedBytes, bytesPerSecondMax } = amounts;
      const used = usedBytes === undefined ? '' : `, ${bytesText(usedBytes)} used`;
      const limit = bytesPerSecondMax ? ` with at most ${rateText(bytesPerSecondMax)}` : '';
      return (
        `${vm}'s ${plural(disks, 'disk', 'disks')} (${bytesText(virtualBytes)}${used}) ` +
        `${disks === 1 ? 'is' : 'are'} copied to ${volume} on ${target} over ${subnet}${limit} ` +
        `while it runs${aboutText(seconds)}.`
      );
    },
    ({ source, target, pauseSeconds, pauseSecondsMax }: Copying & Switching) => {
      const about = pauseSeconds === undefined ? '' : `about ${secondsText(pauseSeconds)}, `;
      return (
        `After approval it is shut down on ${source} and started on ${target}: ` +
        `off for ${about}at most ${secondsText(pauseSecondsMax)}.`
      );
    },
    ({ source }: Copying & Switching) => `Its disks on ${source} are kept as they were.`,
  ] as readonly ((step: Copying & Switching) => string)[],
  estimate: {
    rate: {
      history: (rate: number, { source, target }: Route) =>
        `The time is estimated from the last copy from ${source} to ${target}: ${rateText(rate)}.`,
      link: (rate: number) => `The time is estimated from the link: ${rateText(rate)}.`,
      disks: (rate: number) =>
        `The time is estimated from what disks usually do: ${rateText(rate)}.`,
      limit: (rate: number) => `The time is estimated from the limit: ${rateText(rate)}.`,
    },
    measured: (bytesPerSecond: number) =>
      `The link was measured: it carries ${bitRateText(bytesPerSecond * 8)}`,
    /** Why is a sentence of its own. */
    notMeasured: 'The link was not measured',
    nominal: (bitsPerSecond: number | undefined) =>
      bitsPerSecond === undefined
        ? 'its cards do not say their speed'
        : `its cards say ${bitRateText(bitsPerSecond)}`,
    why: (why: string) => `Why it was not measured: ${why}`,
    pause: {
      round: ({ vm }: Route) => `The pause is estimated from the newest round of ${vm}.`,
      history: ({ vm }: Route) => `The pause is estimated from the last move of ${vm}.`,
      assumed: ({ vm }: Route) => `The pause is assumed: ${vm} was not moved before.`,
    },
    none: 'Nothing was estimated.',
  },
  approving: 'Approving accepts',
  difference: 'It asks again, because this differs from what was approved',
  change: (label: string, before: string, now: string) => `${label}: ${before} -> ${now}`,
  /** What people approve, by its name in the plan. */
  bound: {
    vm: 'VM',
    source: 'from',
    target: 'to',
    method: 'method',
    because: 'why not live',
    disks: 'disks',
    networks: 'networks',
    migrationSubnet: 'migration network',
    volume: 'volume',
    bytesPerSecondMax: 'limit',
    stop: 'stop',
    pauseSecondsMax: 'pause at most',
    startAt: 'begins at',
    cutoverAt: 'cutover not before',
    windows: 'cutover inside of',
    base: 'begins from',
    bytesOnTargetMax: 'space at most',
    secondsMax: 'asks again after',
    memoryStartupBytes: 'memory at start',
    startAction: 'when its host boots',
    configuration: 'configuration of the VM',
    domainController: 'domain controller',
    live: 'way of the live migration',
    acknowledged: 'accepted warnings',
  },
  value: {
    none: 'none',
    yes: 'yes',
    method: { stream: 'copied while it runs', live: 'live migration' } satisfies Record<
      Method,
      string
    >,
    methodOff: 'copied while it is off',
    methodBecause: (method: string, why: string) => `${method}, because ${why}`,
    because: {
      domain: 'the hosts have no common or trusted domain',
      'processor-vendor': 'their processors are of different makers',
      delegation: 'the source may not act for Ferry at the target',
      'migration-authentication': 'their settings do not let a service move a VM live',
      'migration-enabled': 'live migration is off',
    } satisfies Record<LiveObstacle, string>,
    stop: {
      'clean shutdown': 'clean shutdown',
      none: 'none: it runs all the time',
      'already off': 'none: it is off, and stays off',
    } satisfies Record<Plan['stop'], string>,
    way: {
      'with storage': 'with its disks',
      'memory only': 'memory alone: its disks are on a share',
      'cluster role': 'as a role of the cluster',
    } satisfies Record<LiveWay, string>,
    startAction: {
      Nothing: 'it stays off',
      StartIfRunning: 'it starts if it ran',
      Start: 'it starts',
    } satisfies Record<StartAction, string>,
    rate: rateText,
    bytes: (bytes: number) => bytesText(bytes),
    seconds: (seconds: number) => secondsText(seconds),
    list: (values: readonly string[]) => listText(values),
    network: (adapter: string, name: string) => `${adapter} on ${name}`,
    disk: (id: string, path: string, bytes: number) => `${id} to ${path} (${bytesText(bytes)})`,
    window: (window: Window) => `${window.host}: ${times.hours(window)}`,
    base: (base: PlannedBase) => {
      const at = utcText(base.committedAt);
      const bytes = bytesText(base.bytes);
      return base.kind === 'received'
        ? `its copy there as of ${at}: only what differs is sent`
        : `the disks that it left there, as of ${at}: ${bytes} are read at most, and only what differs is sent`;
    },
    /** Digests mean nothing to people. */
    before: 'as it was',
    now: 'changed',
  },
  counts: {
    blocker: (count: number) => plural(count, 'blocker', 'blockers'),
    unknown: (count: number) => `${count} unknown`,
    warning: (count: number) => plural(count, 'warning', 'warnings'),
    ok: (count: number) => plural(count, 'check is well', 'checks are well'),
  } satisfies Record<Severity, (count: number) => string>,
  noFindings: 'No check was run.',
  findings: 'Checks',
  page: (page: number, pages: number) => `part ${page} of ${pages}`,
  findingsCut: (count: number) => `${plural(count, 'finding does', 'findings do')} not fit here.`,
  showAll: (count: number) => `Show all ${plural(count, 'finding', 'findings')}`,
  /** By the code of why. */
  actedBy: {
    paused: 'Paused by',
    cancelled: 'Cancelled by',
    'rollback-asked': 'Taken back by',
    resumed: 'Resumed by',
    retried: 'Tried again by',
  },
  limitNow: (bytesPerSecondMax: number | undefined) =>
    bytesPerSecondMax === undefined
      ? 'Its limit was lifted.'
      : `Limited now to ${rateText(bytesPerSecondMax)}.`,
  preview: ({ vm, target }: Pick<Route, 'vm' | 'target'>) => `Plan for ${vm} to ${target}`,
  previewNote: 'Nothing was started. Move it with:',
  previewBlocked: 'It cannot be moved until the blockers are gone.',
  live: planLive,
  modal,
};

export const planProblems = {
  'volume-unknown': ({ host, volume, known }) => ({
    text: `${host} has no volume ${volume}. It has: ${listText(known)}.`,
    remedy: 'Name one of these, or leave it out.',
  }),
  'method-unavailable': ({ vm, host, method }) => ({
    text: `${vm} cannot be moved by the method ${method}: ${host} does not have it.`,
    remedy: `Leave out "${method}". A host that the worker of another one serves has live alone.`,
  }),
  'switches-unreadable': ({ text }) => ({
    text: `"${text}" does not say which virtual switch stands for which.`,
    remedy:
      'Type the one of the VM now, an equals sign, and the one at the target: switch LAN=Office. With spaces, all of it in quotes.',
  }),
  'measured-link-slow': ({ subnet, bitsPerSecond, measuredBitsPerSecond }) => ({
    text:
      `The migration network ${subnet} carries ${bitRateText(measuredBitsPerSecond)}, ` +
      `though its cards say ${bitRateText(bitsPerSecond)}.`,
    remedy: 'Look at cable, port and switch, or accept that the copy takes long.',
  }),
  'measured-link-ok': () => ({
    text: 'What the migration network really carries: well.',
    remedy: 'Nothing to do.',
  }),
  'peer-busy': ({ host, port }) => ({
    text: `The worker at ${host} port ${port} is being measured by others.`,
    remedy: 'Ask again in a moment.',
  }),
} satisfies Record<string, TextOf>;
