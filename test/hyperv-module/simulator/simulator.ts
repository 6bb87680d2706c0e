/**
 * Windows behind the doubles of its modules: hosts and VMs of a lab, whose disks and guests are real,
 * and beside them what only Windows has. Tests order faults and look at what was asked.
 */

import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { whileOff } from '../../../src/hosts/lab/control.ts';
import { startVm, stopVm } from '../../../src/hosts/lab/machine.ts';
import { changeVm, requireVm } from '../../../src/hosts/lab/state.ts';
import { Dispatcher } from './dispatch.ts';
import type { FaultOptions } from './faults.ts';
import type { HostSetup, PlannedVm } from './kept.ts';
import type { Language } from './messages.ts';
import type { Pace } from './moves/hold.ts';
import type { MoveJob } from './moves/job.ts';
import { recoverMoves } from './moves/run.ts';
import type { HostOverlay, VmOverlay } from './overlay.ts';
import { lackName } from './profiles.ts';
import { listen } from './server.ts';
import { resumeMerges, type StreamControls, streamControls } from './stream-controls.ts';
import type { CmdletRequest } from './wire.ts';
import { World } from './world.ts';

export interface SimulatorOptions {
  /** A lab's folder. */
  readonly directory: string;
  readonly hosts: readonly HostSetup[];
  readonly pace?: Partial<Pace>;
}

export interface Simulator extends AsyncDisposable, StreamControls {
  /** For `FERRY_DOUBLE_URL`. */
  readonly url: string;
  /** For the environment of a PowerShell that plays this host. */
  env(host: string): Readonly<Record<string, string>>;
  /** Every cmdlet that was asked for, oldest first. */
  readonly calls: readonly CmdletRequest[];
  /** The moves so far, oldest first. */
  readonly moves: readonly MoveJob[];
  readonly planned: readonly PlannedVm[];

  fault(fault: FaultOptions): void;
  clearFaults(): void;
  setPace(pace: Partial<Pace>): void;
  /** Moves wait at this percentage until they are cancelled or released. */
  holdMoves(percent: number): void;
  releaseMoves(): void;
  /** Resolves when a move of this VM waits there. */
  held(vm: string, percent: number): Promise<MoveJob>;
  setLanguage(host: string, language: Language): Promise<void>;
  changeHost(host: string, change: Partial<HostOverlay>): Promise<void>;
  /** A VM by Id or name, wherever it is. */
  changeVm(vm: string, change: Partial<VmOverlay>): Promise<void>;
  /** Names in the DNS beside the hosts' own. */
  addName(name: string, addresses: readonly string[]): Promise<void>;
  /** An SMB share, by its UNC name. */
  addShare(name: string, reachableBy: readonly string[]): Promise<void>;
  /** Puts a VM's disks onto a share or cluster volume; a VM that runs is stopped for it. */
  putOn(vm: string, storage: string): Promise<void>;
  /** All hosts in one cluster, with one shared volume; these VMs are its roles. */
  makeCluster(name: string, vms: readonly string[]): Promise<void>;
  setPossibleOwners(vm: string, owners: readonly string[]): Promise<void>;
  setNodeState(host: string, state: 'Up' | 'Down' | 'Paused'): Promise<void>;

  /** What the host's release lacks, and what of it somebody ran into. */
  lacks(host: string): string[];
  lacksMet(host: string): string[];
}

const CLUSTER_VOLUME = 'C:\\ClusterStorage\\Volume1';
const STOP_SECONDS = 20;
const POLL_MILLISECONDS = 40;
const POLLS_MAX = 6000;

/** Goes on with what an earlier simulator of this folder kept; moves that it was at have failed. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const world = await World.open(options.directory, options.hosts);
  world.pace = { ...world.pace, ...options.pace };
  await recoverMoves(world);
  await resumeMerges(world);
  const calls: CmdletRequest[] = [];
  const server = await listen({ world, dispatcher: new Dispatcher(world), calls });
  return {
    ...streamControls(world),
    url: server.url,
    env: (host) => ({ FERRY_DOUBLE_URL: server.url, FERRY_DOUBLE_HOST: host }),
    calls,
    moves: world.moves,
    get planned() {
      return world.kept.planned;
    },
    fault: (fault) => world.faults.add(fault),
    clearFaults: () => world.faults.clear(),
    setPace: (pace) => {
      world.pace = { ...world.pace, ...pace };
    },
    holdMoves: (percent) => world.hold.set(percent),
    releaseMoves: () => world.hold.release(),
    held: (vm, percent) => held(world, vm, percent),
    setLanguage: (host, language) => world.changeHost(host, { language }),
    changeHost: (host, change) => world.changeHost(host, change),
    changeVm: async (vm, change) => world.changeVm(await world.anyVm(vm), change),
    addName: async (name, addresses) => {
      world.kept.names[name.toLowerCase()] = [...addresses];
      await world.save();
    },
    addShare: (name, reachableBy) => addStorage(world, 'share', { name, reachableBy }),
    putOn: (vm, storage) => putOn(world, vm, storage),
    makeCluster: (name, vms) => makeCluster(world, name, vms),
    setPossibleOwners: (vm, owners) => setPossibleOwners(world, vm, owners),
    setNodeState: (host, state) => setNodeState(world, host, state),
    lacks: (host) => world.profileOf(host).lacks.map(lackName),
    lacksMet: (host) => [...(world.met.get(host) ?? [])].toSorted(),
    async [Symbol.asyncDispose]() {
      await server.close();
      await world.close();
    },
  };
}

async function held(world: World, vm: string, percent: number): Promise<MoveJob> {
  const earlier = new Set(world.moves.filter((job) => job.isOver));
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    const job = world.moves.findLast(
      (each) => !earlier.has(each) && [each.request.vmId, each.request.name].includes(vm),
    );
    if (job?.percent === percent) return job;
    if (job?.isOver) throw new Error(`The move of ${vm} ended before ${percent} %`);
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`No move of ${vm} came to ${percent} %`);
}

async function addStorage(
  world: World,
  kind: 'share' | 'cluster',
  { name, reachableBy }: { name: string; reachableBy: readonly string[] },
): Promise<void> {
  const folder = join(world.dir, 'shared', name.replaceAll(/[^\w]+/g, '-').replace(/^-/, ''));
  await mkdir(folder, { recursive: true });
  const others = world.kept.storage.filter((each) => each.name !== name);
  world.kept.storage = [...others, { kind, name, folder, reachableBy }];
  await world.save();
}

async function putOn(world: World, nameOrId: string, storage: string): Promise<void> {
  const vm = await world.anyVm(nameOrId);
  const target = world.kept.storage.find(({ name }) => name === storage);
  if (target === undefined) throw new Error(`There is no ${storage}`);
  const folder = join(target.folder, vm.lab.name);
  await mkdir(folder, { recursive: true });
  const wasRunning = !(await whileOff(vm.place, async () => undefined));
  if (wasRunning) await stopVm(vm.place, STOP_SECONDS, { byHost: true });
  const isDone = await whileOff(vm.place, async () => {
    const { disks } = await requireVm(vm.place);
    const moved = disks.map((disk) => ({ ...disk, path: join(folder, basename(disk.path)) }));
    for (const [index, { path }] of disks.entries()) await rename(path, moved[index]?.path ?? path);
    await changeVm(vm.place, { disks: moved });
  });
  if (!isDone) throw new Error(`${nameOrId} does not stop`);
  const shown = world.shown(folder);
  await world.changeVm(vm, { configurationPath: shown, snapshotPath: shown, pagingPath: shown });
  if (wasRunning) await startVm(vm.place);
}

async function makeCluster(world: World, name: string, vms: readonly string[]): Promise<void> {
  const hosts = world.hostNames();
  await addStorage(world, 'cluster', { name: CLUSTER_VOLUME, reachableBy: hosts });
  for (const vm of vms) await putOn(world, vm, CLUSTER_VOLUME);
  for (const host of hosts) {
    const { services } = world.overlayOf(host);
    await world.changeHost(host, { services: { ...services, ClusSvc: 'Running' } });
  }
  const found = await Promise.all(vms.map((vm) => world.anyVm(vm)));
  world.kept.cluster = {
    name,
    nodes: hosts.map((host) => ({ name: host, state: 'Up' })),
    groups: found.map(({ lab, host }) => ({
      name: lab.name,
      vmId: lab.id,
      owner: host,
      possibleOwners: hosts,
    })),
    networks: [
      { name: 'Cluster Network 1', subnet: '10.0.1.0/24', migration: false },
      { name: 'Cluster Network 2', subnet: '10.0.9.0/24', migration: true },
    ],
    // The default of 2025 (facts A.2).
    movesMax: 1,
  };
  await world.save();
}

async function setPossibleOwners(
  world: World,
  vm: string,
  possibleOwners: readonly string[],
): Promise<void> {
  const { lab } = await world.anyVm(vm);
  const { cluster } = world.kept;
  if (cluster === null) throw new Error('There is no cluster');
  const groups = cluster.groups.map((group) =>
    group.vmId === lab.id ? { ...group, possibleOwners } : group,
  );
  world.kept.cluster = { ...cluster, groups };
  await world.save();
}

async function setNodeState(world: World, host: string, state: string): Promise<void> {
  const { cluster } = world.kept;
  if (cluster === null) throw new Error('There is no cluster');
  const nodes = cluster.nodes.map((node) => (node.name === host ? { ...node, state } : node));
  world.kept.cluster = { ...cluster, nodes };
  await world.save();
}
