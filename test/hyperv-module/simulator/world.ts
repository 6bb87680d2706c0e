/** Everything behind the cmdlets: the lab's hosts and VMs, and what only Windows has of them. */

import { guestStatus } from '../../../src/hosts/lab/control.ts';
import { readHost, readJson } from '../../../src/hosts/lab/state.ts';
import { Attachments } from './attachments.ts';
import { LateSigns } from './checkpoints/late.ts';
import { Merges } from './checkpoints/merges.ts';
import { hostDefaults } from './defaults.ts';
import { EventLog } from './event-log.ts';
import { Faults } from './faults.ts';
import {
  type Cluster,
  type ClusterGroup,
  type HostSetup,
  type Kept,
  nothingKept,
  type PlannedVm,
  type SimVm,
} from './kept.ts';
import { KeptWorld } from './kept-world.ts';
import { Hold, PACE, type Pace } from './moves/hold.ts';
import type { MoveJob, MoveRequest } from './moves/job.ts';
import type { ConcreteJob } from './wmi/concrete-job.ts';

export type { HostSetup } from './kept.ts';

export class World extends KeptWorld {
  readonly faults = new Faults();
  readonly hold = new Hold();
  pace: Pace = PACE;
  /** The moves of this run, oldest first; those that ended stay until they are dropped. */
  readonly moves: MoveJob[] = [];
  /** What Compare-VM reported on, by the report's `$id`. */
  readonly reports = new Map<string, MoveRequest>();
  /** Of definitions, by the report's `$id`: the VM that is planned for it. */
  readonly importReports = new Map<string, { readonly host: string; readonly vmId: string }>();
  /** What WMI methods began, oldest first. */
  readonly jobs: ConcreteJob[] = [];
  readonly log = new EventLog(this);
  readonly merges = new Merges(this);
  readonly late = new LateSigns(this);
  readonly attachments = new Attachments(this);
  /** Ids of VMs whose guest stands still for its move. */
  readonly frozen = new Set<string>();
  /** Lacks that somebody ran into, by host. */
  readonly met = new Map<string, Set<string>>();
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Goes on with what an earlier simulator of this folder kept. */
  static async open(directory: string, setups: readonly HostSetup[]): Promise<World> {
    const world = new World(directory, setups);
    world.kept = { ...nothingKept(), ...(await readJson<Kept>(world.file)) };
    for (const [index, { name, profile }] of setups.entries()) {
      if (world.kept.hosts[name]?.profile === profile) continue;
      const others = setups.map((each) => each.name).filter((each) => each !== name);
      const lab = await readHost(world.dir, name);
      world.kept.hosts[name] = hostDefaults(lab, { profile, number: index + 1, others });
    }
    await world.save();
    return world;
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
    await this.merges.close();
    // The service stops: what has not switched over yet fails.
    for (const job of this.moves) if (job.cancellable) job.cancelAsked = true;
    const running = this.moves.filter((job) => !job.isOver);
    await Promise.all(running.map((job) => job.over));
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

  groupOf(vmId: string): ClusterGroup | undefined {
    return this.kept.cluster?.groups.find((group) => group.vmId === vmId);
  }
}
