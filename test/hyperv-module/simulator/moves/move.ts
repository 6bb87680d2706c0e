/** The server's side of a live move, from the slot that it takes to the files that it deletes. */

import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guestStatus, withJobLock } from '../../../../src/hosts/lab/control.ts';
import type { Place } from '../../../../src/hosts/lab/layout.ts';
import { requireVm } from '../../../../src/hosts/lab/state.ts';
import { adapterDefaults } from '../defaults.ts';
import type { Language } from '../messages.ts';
import { messageOf } from '../messages.ts';
import { hresult, WindowsError } from '../wire.ts';
import type { World } from '../world.ts';
import { copyChanges, copyFile, relink } from './copy.ts';
import { freeze, thaw } from './guest.ts';
import { handOver } from './handover.ts';
import { type MoveJob, PHASES } from './job.ts';

/** ERROR_CANCELLED */
export const CANCELLED = hresult(0x800704c7);
const MEMORY_STEPS = 10;

export class Move {
  readonly #world: World;
  readonly #job: MoveJob;
  readonly #source: Place;
  readonly #target: Place;
  readonly #copies: string[] = [];
  readonly #language: Language;

  constructor(world: World, job: MoveJob) {
    this.#world = world;
    this.#job = job;
    const { vmId, source, target } = job.request;
    this.#source = { dir: world.dir, host: source, vmId };
    this.#target = { dir: world.dir, host: target, vmId };
    this.#language = world.overlayOf(source).language;
  }

  get #vm(): string[] {
    return [this.#job.request.vmId, this.#job.request.name];
  }

  async run(): Promise<void> {
    const { vmId, name, target } = this.#job.request;
    const isHollow = this.#world.faults.take('completed-without-move', { vm: this.#vm });
    await this.#world.plan({ host: target, vmId, name });
    await this.#keep();
    try {
      if (!isHollow) await this.#copy();
      await this.#sendMemory();
      this.#job.phase = 'switching';
      await this.#reach(PHASES.switching);
      if (!isHollow) await this.#switchOver();
    } catch (error) {
      for (const copy of this.#copies) await rm(copy, { force: true });
      throw error;
    }
  }

  /** A simulator that is started after this one ended must know what to put right. */
  async #keep(pid?: number): Promise<void> {
    const { instanceId, request } = this.#job;
    const begun = this.#world.kept.begun.filter((each) => each.instanceId !== instanceId);
    const { vmId, target } = request;
    const copies = [...this.#copies];
    const mine = { instanceId, vmId, target, copies, ...(pid === undefined ? {} : { pid }) };
    this.#world.kept.begun = [...begun, mine];
    await this.#world.save();
  }

  async #copy(): Promise<void> {
    const { files } = this.#job.request;
    const sizes = await Promise.all(files.map(async ({ from }) => (await stat(from)).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const { bytesPerSecond } = this.#world.pace;
    let done = 0;
    for (const { from, to } of files) {
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to, async (bytes) => {
        if (this.#copies.at(-1) !== to) {
          // Ours from the first byte on: one that was there before is an error before this.
          this.#copies.push(to);
          await this.#keep();
        }
        done += bytes;
        if (bytesPerSecond !== undefined) await sleep((bytes / bytesPerSecond) * 1000);
        await this.#reach(Math.min(1, done / total) * PHASES.mirroring);
      });
    }
    this.#job.phase = 'mirroring';
    await this.#reach(PHASES.mirroring);
    for (const { from, to } of files) await copyChanges(from, to);
  }

  async #sendMemory(): Promise<void> {
    this.#job.phase = 'memory';
    for (let step = 0; step < MEMORY_STEPS; step++) {
      const share = step / MEMORY_STEPS;
      await this.#reach(PHASES.memory + share * (PHASES.switching - PHASES.memory));
      await sleep(this.#world.pace.memoryMilliseconds / MEMORY_STEPS);
    }
    await this.#reach(PHASES.switching - 0.1);
  }

  /** Holding the hypervisor's lock: no checkpoint, start or stop comes between. */
  async #switchOver(): Promise<void> {
    const { files } = this.#job.request;
    await withJobLock(this.#source, async () => {
      const status = await guestStatus(this.#source);
      if (status === 'silent') throw new WindowsError('The guest does not answer');
      const pid = status?.pid;
      try {
        if (pid !== undefined) {
          this.#world.frozen.add(this.#source.vmId);
          await this.#keep(pid);
          await freeze(pid);
        }
        for (const { from, to } of files) await copyChanges(from, to);
        await relink(files);
        await this.#reach(97);
        const vm = await requireVm(this.#source);
        this.#refuseChangedChain(vm.disks.filter((disk) => !disk.passThrough));
        await this.#reach(99);
        const running = pid === undefined ? {} : { pid };
        await handOver({ source: this.#source, target: this.#target, vm, files, ...running });
      } catch (error) {
        if (pid !== undefined) thaw(pid);
        throw error;
      } finally {
        this.#world.frozen.delete(this.#source.vmId);
      }
    });
    await this.#arrived();
  }

  /** A checkpoint that was taken during the move has given the VM files that were not copied. */
  #refuseChangedChain(disks: readonly { readonly path: string }[]): void {
    const { files, way } = this.#job.request;
    if (way !== 'storage') return;
    const lacking = disks.find(({ path }) => !files.some(({ from }) => from === path));
    if (lacking === undefined) return;
    const message = messageOf('busy', this.#language, { vm: this.#job.request.name });
    throw new WindowsError(message, { hresult: hresult(0x80041001) });
  }

  async #arrived(): Promise<void> {
    const { request } = this.#job;
    await this.#world.carryOverlay(this.#source, this.#target);
    const vm = await this.#world.vm(request.target, request.vmId);
    if (vm !== undefined) {
      const { configuration, snapshots, paging } = request.folders;
      const lost = this.#world.faults.take('loses-adapter-settings', { vm: this.#vm });
      const adapters = Object.entries(vm.overlay.adapters).map(
        ([name, { dynamicMac }]) => [name, { ...adapterDefaults, dynamicMac }] as const,
      );
      await this.#world.changeVm(vm, {
        configurationPath: configuration ?? vm.overlay.configurationPath,
        snapshotPath: snapshots ?? configuration ?? vm.overlay.snapshotPath,
        pagingPath: paging ?? configuration ?? vm.overlay.pagingPath,
        ...(lost ? { adapters: Object.fromEntries(adapters) } : {}),
      });
    }
    // The default of a native move: the source keeps nothing (facts A.12).
    for (const { from, stays } of request.files) if (!stays) await rm(from, { force: true });
    const { cluster } = this.#world.kept;
    if (cluster === null) return;
    const groups = cluster.groups.map((group) =>
      group.vmId === request.vmId ? { ...group, owner: request.target } : group,
    );
    this.#world.kept.cluster = { ...cluster, groups };
    await this.#world.save();
  }

  /** Where the job is held, cancelled, or made to fail. */
  async #reach(percent: number): Promise<void> {
    const job = this.#job;
    const stop = this.#world.hold.stops(percent);
    if (stop !== undefined) {
      job.percent = Math.max(job.percent, stop);
      while (this.#world.hold.stops(percent) !== undefined && !this.#mustEnd()) {
        await Promise.race([this.#world.hold.released, sleep(20)]);
      }
    }
    const { request } = job;
    if (this.#mustEnd()) {
      const message = messageOf('cancelled', this.#language, { vm: request.name });
      throw new WindowsError(message, { hresult: CANCELLED, category: 'OperationStopped' });
    }
    const failure = this.#world.faults.has('move-fails', { vm: this.#vm });
    if (failure !== undefined && percent >= failure.percent) {
      this.#world.faults.take('move-fails', { vm: this.#vm });
      const code = `0x${(failure.hresult >>> 0).toString(16).toUpperCase()}`;
      const facts = { vm: request.name, host: request.source, code };
      const message = failure.message ?? messageOf('moved-late-failure', this.#language, facts);
      throw new WindowsError(message, { hresult: hresult(failure.hresult) });
    }
    job.percent = Math.max(job.percent, percent);
  }

  #mustEnd(): boolean {
    const { cancelAsked, cancelIgnored, cancellable } = this.#job;
    return cancelAsked && !cancelIgnored && cancellable;
  }
}
