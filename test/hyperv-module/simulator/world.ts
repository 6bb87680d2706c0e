/** Everything behind the cmdlets: the lab's hosts and VMs, and what only Windows has of them. */

import { join, resolve } from 'node:path';
import { guestStatus } from '../../../src/hosts/lab/control.ts';
import { hostFolder, vmFolder } from '../../../src/hosts/lab/layout.ts';
import { readHost, readJson, readVm, vmIds, writeJson } from '../../../src/hosts/lab/state.ts';
import { hostDefaults, vmDefaults } from './defaults.ts';
import { Faults } from './faults.ts';
import {
  type Cluster,
  type ClusterGroup,
  type HostSetup,
  type Kept,
  nothingKept,
  type PlannedVm,
  type SharedStorage,
  type SimHost,
  type SimVm,
} from './kept.ts';
import { Hold, PACE, type Pace } from './moves/hold.ts';
import type { MoveJob, MoveRequest } from './moves/job.ts';
import type { HostOverlay, VmOverlay } from './overlay.ts';
import { PROFILES, type Profile } from './profiles.ts';

export type { HostSetup } from './kept.ts';

export class World {
  readonly dir: string;
  readonly faults = new Faults();
  readonly hold = new Hold();
  pace: Pace = PACE;
  /** The moves of this run, oldest first; those that ended stay until they are dropped. */
  readonly moves: MoveJob[] = [];
  /** What Compare-VM reported on, by the report's `$id`. */
  readonly reports = new Map<string, MoveRequest>();
  /** Ids of VMs whose guest stands still for its move. */
  readonly frozen = new Set<string>();
  readonly setups: readonly HostSetup[];
  kept: Kept = nothingKept();
  /** Lacks that somebody ran into, by host. */
  readonly met = new Map<string, Set<string>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #saving: Promise<void> = Promise.resolve();

  private constructor(dir: string, setups: readonly HostSetup[]) {
    this.dir = dir;
    this.setups = setups;
  }

  /** Goes on with what an earlier simulator of this folder kept. */
  static async open(directory: string, setups: readonly HostSetup[]): Promise<World> {
    const world = new World(resolve(directory), setups);
    const kept = await readJson<Kept>(world.#file);
    if (kept !== undefined) world.kept = kept;
    for (const [index, { name, profile }] of setups.entries()) {
      if (world.kept.hosts[name]?.profile === profile) continue;
      const others = setups.map((each) => each.name).filter((each) => each !== name);
      const lab = await readHost(world.dir, name);
      world.kept.hosts[name] = hostDefaults(lab, { profile, number: index + 1, others });
    }
    await world.save();
    return world;
  }

  get #file(): string {
    return join(this.dir, 'hyperv-overlay.json');
  }

  /** What is kept is on disk when it resolves. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => writeJson(this.#file, this.kept));
    return this.#saving;
  }

  /** Somebody ran into what the release that a host plays lacks. */
  meet(host: string, lack: string): void {
    const met = this.met.get(host) ?? new Set();
    this.met.set(host, met.add(lack));
  }

  clusterOf(host: string): Cluster | undefined {
    const { cluster } = this.kept;
    return cluster?.nodes.some(({ name }) => name === host) ? cluster : undefined;
  }

  /** Does it after a while, unless the simulator has ended by then. */
  later(milliseconds: number, act: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void act();
    }, milliseconds);
    this.#timers.add(timer.unref());
  }

  /** Nothing is done later any more, and everything is on disk. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.hold.release();
    // The service stops: what has not switched over yet fails.
    for (const job of this.moves) if (job.cancellable) job.cancelAsked = true;
    const running = this.moves.filter((job) => !job.isOver);
    await Promise.all(running.map((job) => job.over));
    await this.save();
  }

  hostNames(): string[] {
    return this.setups.map(({ name }) => name);
  }

  /** By its name, its full name, one of its addresses, or as `.` and `localhost` where the script runs. */
  hostName(given: string, runsOn?: string): string | undefined {
    const text = given.toLowerCase().replace(/\.$/, '');
    if (runsOn !== undefined && (text === '' || text === 'localhost')) return runsOn;
    return this.hostNames().find((name) => {
      const overlay = this.overlayOf(name);
      const addresses = overlay.adapters.flatMap((adapter) =>
        adapter.addresses.map((address) => address.split('/')[0]),
      );
      return [name.toLowerCase(), overlay.fullName.toLowerCase(), ...addresses].includes(text);
    });
  }

  overlayOf(host: string): HostOverlay {
    const overlay = this.kept.hosts[host];
    if (overlay === undefined) throw new Error(`${host} is not simulated`);
    return overlay;
  }

  profileOf(host: string): Profile {
    return PROFILES[this.overlayOf(host).profile];
  }

  async host(name: string): Promise<SimHost> {
    const overlay = this.overlayOf(name);
    const lab = await readHost(this.dir, name);
    return { name, lab, overlay, profile: this.profileOf(name) };
  }

  async changeHost(name: string, change: Partial<HostOverlay>): Promise<void> {
    this.kept.hosts[name] = { ...this.overlayOf(name), ...change };
    await this.save();
  }

  /** `undefined` when it is not registered there. */
  async vm(host: string, vmId: string): Promise<SimVm | undefined> {
    const place = { dir: this.dir, host, vmId: vmId.toLowerCase() };
    const lab = await readVm(place);
    if (lab === undefined) return undefined;
    const kept = this.kept.vms[place.vmId];
    if (kept !== undefined) return { place, host, lab, overlay: kept };
    const version = this.profileOf(host).defaultVersion;
    const overlay = vmDefaults(lab, { version, folder: vmFolder(place) });
    this.kept.vms[place.vmId] = overlay;
    return { place, host, lab, overlay };
  }

  async vms(host: string): Promise<SimVm[]> {
    const ids = await vmIds(this.dir, host);
    const found = await Promise.all(ids.map((vmId) => this.vm(host, vmId)));
    return found.filter((vm) => vm !== undefined);
  }

  /** @throws when no host has it */
  async anyVm(nameOrId: string): Promise<SimVm> {
    for (const host of this.hostNames()) {
      for (const vm of await this.vms(host)) {
        if (vm.lab.id === nameOrId.toLowerCase() || vm.lab.name === nameOrId) return vm;
      }
    }
    throw new Error(`There is no VM ${nameOrId}`);
  }

  async changeVm(vm: SimVm, change: Partial<VmOverlay>): Promise<void> {
    const { vmId } = vm.place;
    this.kept.vms[vmId] = { ...(this.kept.vms[vmId] ?? vm.overlay), ...change };
    await this.save();
  }

  /** The state by its Hyper-V name. */
  async stateOf(vm: SimVm): Promise<string> {
    if (this.frozen.has(vm.place.vmId)) return 'Running';
    const status = await guestStatus(vm.place);
    const shown = status === undefined ? 'Off' : status === 'silent' ? 'Running' : status.state;
    const { state } = vm.overlay;
    if (state === undefined) return shown;
    // What a test says of a VM that runs holds only while it runs, and the other way round.
    const isOffState = /^(Off|Saved|FastSaved)/.test(state);
    return isOffState === (shown === 'Off') ? state : shown;
  }

  /** The move that runs with this VM, if one does. */
  moveOf(vmId: string): MoveJob | undefined {
    return this.moves.find((job) => job.request.vmId === vmId && !job.isOver);
  }

  async plan(planned: PlannedVm): Promise<void> {
    await this.unplan(planned);
    this.kept.planned.push(planned);
    await this.save();
  }

  async unplan({ host, vmId }: Pick<PlannedVm, 'host' | 'vmId'>): Promise<void> {
    this.kept.planned = this.kept.planned.filter(
      (each) => each.host !== host || each.vmId !== vmId,
    );
    await this.save();
  }

  plannedOn(host: string): PlannedVm[] {
    return this.kept.planned.filter((each) => each.host === host);
  }

  /** The path as Windows shows it. */
  shown(path: string): string {
    for (const { name, folder } of this.kept.storage) {
      if (path === folder || path.startsWith(`${folder}/`))
        return name + path.slice(folder.length).replaceAll('/', '\\');
    }
    return path;
  }

  /** Where a path that Windows shows really lies. */
  real(path: string): string {
    for (const { name, folder } of this.kept.storage) {
      const rest = path.slice(name.length);
      if (path.toLowerCase().startsWith(name.toLowerCase()) && /^([\\/]|$)/.test(rest))
        return folder + rest.replaceAll('\\', '/');
    }
    // Scripts for Windows join with backslashes, also where a lab lies on Linux.
    return path.startsWith('/') ? resolve(path.replaceAll('\\', '/')) : path;
  }

  /** The storage that a real path lies on, if several hosts reach it. */
  storageOf(path: string): SharedStorage | undefined {
    return this.kept.storage.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
  }

  /** Whether a host can open a real path. */
  reaches(host: string, path: string): boolean {
    const storage = this.storageOf(path);
    if (storage !== undefined) return storage.reachableBy.includes(host);
    return path.startsWith(`${hostFolder(this.dir, host)}/`);
  }

  groupOf(vmId: string): ClusterGroup | undefined {
    return this.kept.cluster?.groups.find((group) => group.vmId === vmId);
  }
}
