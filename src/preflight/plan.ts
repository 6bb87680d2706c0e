/** From facts and findings to the plan that people approve, and the estimates beside it. */

import type { Finding } from '../domain/finding.ts';
import type { HostFacts } from '../domain/host.ts';
import type { LiveObstacle, Method, Plan, PlannedDisk } from '../domain/plan.ts';
import { Verdict } from '../domain/problem.ts';
import { configurationFingerprint, type VmFacts } from '../domain/vm.ts';
import { type Place, placeOn } from './base.ts';
import { bytesOfFiles, bytesVirtual, growthFactor } from './capacity.ts';
import type { Subject } from './check.ts';
import { isDomainController } from './directory.ts';
import { livePartsOf } from './live-plan.ts';
import { likelyNetwork, sharedNetwork } from './network.ts';
import { networksAt } from './switches.ts';

const PAUSE_SECONDS_MAX = 60;
const SECONDS_MIN = 15 * 60;
/** How much longer than estimated a migration may take before it asks again. */
const PATIENCE = 4;
/** Disks are seldom faster than this, whatever the link says; also assumed where it says nothing. */
export const BITS_PER_SECOND_ASSUMED = 1e9;

export interface PlanOptions {
  /** All findings of the plan phase: warnings and unknowns are accepted with the plan. */
  readonly findings: readonly Finding[];
  readonly pauseSecondsMax?: number;
  /** What a person asked to wait for, milliseconds since 1970. */
  readonly startAt?: number;
  readonly cutoverAt?: number;
  /** What a person asked the stream to be limited to. */
  readonly bytesPerSecondMax?: number;
  /** What the copy is reckoned with where more is known than the network's own speed. */
  readonly bytesPerSecond?: number;
  /** Absent: `stream`. */
  readonly method?: Method;
  /** Why it is not live, where nobody asked for `stream`. */
  readonly because?: LiveObstacle;
  /** One path at the target for each disk of the VM, in order; all different. */
  readonly pathsOf?: (vm: VmFacts, target: HostFacts) => readonly string[];
}

/** Measurements: they stand beside the plan and are not approved. */
export interface Estimates {
  readonly bytesToCopy: number;
  readonly bitsPerSecond: number;
  readonly secondsToCopy: number;
}

export interface Planned {
  readonly plan: Plan;
  readonly estimates: Estimates;
}

/** The plan of a migration. Where the hosts certainly share no network there is none: `no-migration-network`. */
export function makePlan(subject: Subject, options: PlanOptions): Planned {
  const { vm, source, target } = subject;
  const network = sharedNetwork(source, target) ?? likelyNetwork(source, target);
  if (!network) {
    throw new Verdict('no-migration-network', { source: source.name, target: target.name });
  }
  const estimates = estimate(vm, network.bitsPerSecond, options);
  const paths = options.pathsOf?.(vm, target);
  const place: Place = paths ? { paths } : placeOn(vm, target);
  const accepted = options.findings.filter(
    ({ severity }) => severity === 'warning' || severity === 'unknown',
  );
  const plan: Plan = {
    vm: { id: vm.id, name: vm.name },
    source: source.name,
    target: target.name,
    method: 'stream',
    ...(options.because ? { because: options.because } : {}),
    disks: plannedDisks(vm, place.paths),
    networks: networksAt(subject),
    migrationSubnet: network.subnet,
    volume: target.vmVolume,
    ...(options.bytesPerSecondMax === undefined
      ? {}
      : { bytesPerSecondMax: options.bytesPerSecondMax }),
    stop: vm.state === 'Off' ? 'already off' : 'clean shutdown',
    pauseSecondsMax: options.pauseSecondsMax ?? PAUSE_SECONDS_MAX,
    ...timesOf(subject, options),
    ...(place.base && options.method !== 'live' ? { base: place.base } : {}),
    // The copy fully grown, and beside it a staged round as large as all that is allocated.
    bytesOnTargetMax: Math.ceil((bytesVirtual(vm) + bytesOfFiles(vm)) * growthFactor),
    secondsMax: Math.max(SECONDS_MIN, Math.ceil(estimates.secondsToCopy * PATIENCE)),
    memoryStartupBytes: vm.memoryStartupBytes,
    startAction: vm.startAction,
    configuration: configurationFingerprint(vm),
    acknowledged: [...new Set(accepted.map((finding) => finding.code))].toSorted(),
    ...(isDomainController(subject) ? { domainController: true } : {}),
    ...(options.method === 'live' ? { ...livePartsOf(subject), method: 'live' } : {}),
  };
  return { plan, estimates };
}

/** A move that copies nothing while the VM runs begins with its cutover. */
function timesOf(
  { vm, source, target }: Subject,
  { startAt, cutoverAt, method }: PlanOptions,
): Pick<Plan, 'startAt' | 'cutoverAt' | 'windows'> {
  const windows = [source.window, target.window].filter((one) => one !== undefined);
  const isOne = method === 'live' || vm.state === 'Off';
  const cutover = isOne ? Math.max(startAt ?? 0, cutoverAt ?? 0) : (cutoverAt ?? 0);
  return {
    ...(startAt === undefined || isOne ? {} : { startAt }),
    ...(cutover === 0 ? {} : { cutoverAt: cutover }),
    ...(windows.length > 0 ? { windows } : {}),
  };
}

function estimate(vm: VmFacts, linkBitsPerSecond: number, options: PlanOptions): Estimates {
  const { bytesPerSecond, bytesPerSecondMax = Number.POSITIVE_INFINITY } = options;
  const says = linkBitsPerSecond > 0 ? linkBitsPerSecond : BITS_PER_SECOND_ASSUMED;
  const known = bytesPerSecond === undefined ? says : bytesPerSecond * 8;
  const bitsPerSecond = Math.min(known, BITS_PER_SECOND_ASSUMED, bytesPerSecondMax * 8);
  const bytesToCopy = bytesOfFiles(vm);
  return { bytesToCopy, bitsPerSecond, secondsToCopy: (bytesToCopy * 8) / bitsPerSecond };
}

function plannedDisks(vm: VmFacts, paths: readonly string[]): PlannedDisk[] {
  return vm.disks.map((disk, index) => {
    const targetPath = paths[index];
    if (targetPath === undefined) throw new Error(`No path at the target for disk ${disk.id}`);
    return { id: disk.id, sourcePath: disk.path, targetPath, virtualBytes: disk.virtualBytes };
  });
}
