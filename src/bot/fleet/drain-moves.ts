/** Plans for many VMs that move together: each is checked and planned as if the others were there already. */

import type { DrainMove, DrainPlan } from '../../domain/drain.ts';
import type { Finding } from '../../domain/finding.ts';
import type { HostFacts } from '../../domain/host.ts';
import type { Party } from '../../domain/journal.ts';
import { planHash } from '../../domain/plan.ts';
import type { ProblemRecord } from '../../domain/problem.ts';
import type { VmFacts } from '../../domain/vm.ts';
import { type Need, type Placed, place, type Room, type Unplaced } from '../../fleet/placement.ts';
import { bytesOfFiles, bytesOfMemory, growthFactor, volumeOf } from '../../preflight/capacity.ts';
import type { Subject } from '../../preflight/check.ts';
import { HOST_RESERVE_BYTES } from '../../preflight/checks/memory.ts';
import { hasBlocker } from '../../preflight/checks.ts';
import { isDomainController } from '../../preflight/directory.ts';
import { chosenMethod } from '../../preflight/method.ts';
import type { Estimate } from '../../slack/operation-view.ts';
import { lookAcross, type Source } from '../looks.ts';
import { checkedFor, claimOf, type Preparing, planned } from '../prepare.ts';

export interface Target {
  readonly party: Party;
  readonly host: HostFacts;
}

export interface Beside {
  readonly findings: readonly Finding[];
  readonly estimate?: Estimate;
}

export interface Moves extends Pick<DrainPlan, 'moves' | 'stays'> {
  /** By the Id of the VM: what its checks said, and how long it will take. */
  readonly beside: ReadonlyMap<string, Beside>;
}

/** What the placement counts itself, for all VMs together. */
const OF_ROOM: readonly string[] = ['free-space', 'memory'];
/** What others live on moves last: the checks say so of servers, the guest of a domain controller. */
const DEPENDED_ON: readonly string[] = ['dependencies-live', 'dependencies-stop'];

interface Candidate {
  readonly source: Source;
  /** By the target's name: the two hosts as they see each other. */
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly need: Need;
  /** Why it cannot go to the first target. */
  readonly blocker?: Finding;
}

/** In the order in which they move. `targets`: the preferred one first; at least one. */
export async function movesOf(
  from: Preparing,
  sources: readonly Source[],
  targets: readonly Target[],
): Promise<Moves> {
  const candidates = await candidatesOf(from, sources, targets);
  const needs = candidates.filter(({ need }) => need.hosts.length > 0).map(({ need }) => need);
  const { placed, unplaced } = place(
    needs,
    targets.map(({ host }) => roomOf(host)),
  );
  const stays = [
    ...candidates.flatMap(({ need: { vm, hosts }, blocker }) =>
      hosts.length === 0 && blocker ? [{ vm, why: recordOf(blocker) }] : [],
    ),
    ...unplaced.map((one) => ({ vm: one.need.vm, why: noRoom(one) })),
  ];
  const byVm = new Map(candidates.map((one) => [one.need.vm.id, one]));
  const moves: DrainMove[] = [];
  const beside = new Map<string, Beside>();
  const promised = new Map<string, Promised>();
  for (const one of placed) {
    const { vm } = one.need;
    const made = await planOf(from, one, { candidate: byVm.get(vm.id), promised });
    if ('why' in made) {
      stays.push({ vm, why: made.why });
      continue;
    }
    moves.push({ ...made.move, group: one.group });
    beside.set(vm.id, made.beside);
    promised.set(one.host, sum(promised.get(one.host), one.need));
  }
  return { moves, stays, beside };
}

async function candidatesOf(
  from: Preparing,
  sources: readonly Source[],
  targets: readonly Target[],
): Promise<Candidate[]> {
  const seen = new Map<string, Promise<Subject>>();
  // How two hosts see each other is the same for all VMs between them.
  const between = (source: Source, { host }: Target): Promise<Subject> => {
    const key = `${source.party.name}\n${host.name}`;
    const look =
      seen.get(key) ?? lookAcross(from, { vm: source.vm, source: source.host, target: host });
    seen.set(key, look);
    return look;
  };
  const candidates: Candidate[] = [];
  for (const source of sources) {
    const { vm } = source;
    const subjects = new Map<string, Subject>();
    for (const target of targets) {
      subjects.set(target.party.name, { ...(await between(source, target)), vm });
    }
    candidates.push(candidateOf(source, subjects));
  }
  return candidates;
}

function candidateOf(source: Source, subjects: ReadonlyMap<string, Subject>): Candidate {
  const { vm } = source;
  const checked = [...subjects].map(([host, subject]) => {
    const findings = checkedFor(subject, chosenMethod(subject));
    const blockers = findings.filter(
      ({ severity, check }) => severity === 'blocker' && !OF_ROOM.includes(check),
    );
    return { host, subject, findings, blocker: blockers[0] };
  });
  const dependedOn = checked.some(
    ({ subject, findings }) =>
      isDomainController(subject) || findings.some(({ code }) => DEPENDED_ON.includes(code)),
  );
  const hosts = checked.flatMap(({ host, blocker }) => (blocker ? [] : [host]));
  const blocker = checked.find((one) => one.blocker)?.blocker;
  return {
    ...{ source, subjects, need: { ...needOf(vm), dependedOn, hosts } },
    ...(blocker ? { blocker } : {}),
  };
}

const needOf = (vm: VmFacts): Pick<Need, 'vm' | 'bytesOnDisk' | 'memoryBytes'> => ({
  vm: { id: vm.id, name: vm.name },
  bytesOnDisk: Math.ceil(readable(bytesOfFiles(vm)) * growthFactor),
  memoryBytes: vm.state === 'Off' ? 0 : readable(bytesOfMemory(vm)),
});

/** What could not be read is judged by the checks of each VM. */
const readable = (amount: number): number => (Number.isFinite(amount) ? Math.max(0, amount) : 0);

/** What of a host is left for VMs that come. */
export function roomOf(host: HostFacts): Room {
  const volume = volumeOf(host);
  return {
    host: host.name,
    bytesFree: (volume?.bytesFree ?? 0) - (volume?.bytesReserved ?? 0),
    memoryBytesFree: host.memoryBytesFree - host.memoryBytesReserved - HOST_RESERVE_BYTES,
  };
}

interface Promised {
  readonly bytes: number;
  readonly memoryBytes: number;
}

const sum = (before: Promised | undefined, need: Need): Promised => ({
  bytes: (before?.bytes ?? 0) + need.bytesOnDisk,
  memoryBytes: (before?.memoryBytes ?? 0) + need.memoryBytes,
});

/** The host as it will be once it has taken what is promised. */
function withPromised(host: HostFacts, { bytes, memoryBytes }: Promised): HostFacts {
  const volumes = host.volumes.map((volume) =>
    volume.path.toLowerCase() === host.vmVolume.toLowerCase()
      ? { ...volume, bytesReserved: volume.bytesReserved + bytes }
      : volume,
  );
  return { ...host, volumes, memoryBytesReserved: host.memoryBytesReserved + memoryBytes };
}

async function planOf(
  from: Preparing,
  { need, host }: Placed,
  {
    candidate,
    promised,
  }: {
    readonly candidate: Candidate | undefined;
    readonly promised: ReadonlyMap<string, Promised>;
  },
): Promise<
  | { readonly why: ProblemRecord }
  | { readonly move: Omit<DrainMove, 'group'>; readonly beside: Beside }
> {
  const seen = candidate?.subjects.get(host);
  if (!seen) throw new Error(`${need.vm.name} was placed on ${host}, where nobody looked`);
  const claimed = await claimOf(from, seen.vm, host);
  if (claimed) return { why: claimed };
  const none = { bytes: 0, memoryBytes: 0 };
  const subject = { ...seen, target: withPromised(seen.target, promised.get(host) ?? none) };
  const choice = chosenMethod(subject);
  const checked = checkedFor(subject, choice);
  const blocker = checked.find(({ severity }) => severity === 'blocker');
  if (hasBlocker(checked) && blocker) return { why: recordOf(blocker) };
  const { plan, ...beside } = await planned(from, subject, { wish: {}, choice, checked });
  if (!plan) throw new Error('A plan without a blocker is a plan');
  return { move: { plan, planHash: planHash(plan) }, beside };
}

const recordOf = ({ code, facts }: Finding): ProblemRecord => ({ code, facts });

function noRoom({
  need,
  host,
  bytesMissing,
  memoryBytesMissing,
  leaveOff,
}: Unplaced): ProblemRecord {
  const facts = { vm: need.vm.name, host, bytesMissing, memoryBytesMissing, leaveOff };
  return { code: 'drain-no-room', facts };
}
