/**
 * The five signs of a merge's end (facts D.4), each of which can come late on its own: the work is done,
 * and one sign still says otherwise until it is released.
 */

import { link, rename, rm } from 'node:fs/promises';
import type { LabCheckpoint } from '../../../../src/hosts/lab/state.ts';
import { MERGE } from '../event-log.ts';
import { keyOf, type SimVm } from '../kept.ts';
import type { World } from '../world.ts';
import type { Sign } from './signs.ts';

interface Late {
  readonly vm: SimVm;
  /** Still listed, though they are gone. */
  checkpoints: LabCheckpoint[];
  status: boolean;
  /** What Get-VHD still says, by file. */
  readonly parents: Map<string, string>;
  files: string[];
  event: boolean;
}

export class LateSigns {
  readonly #world: World;
  readonly #late = new Map<string, Late>();

  constructor(world: World) {
    this.#world = world;
  }

  #of(vm: SimVm): Late {
    const known = this.#late.get(keyOf(vm.place));
    if (known !== undefined) return known;
    const none: Late = {
      vm,
      checkpoints: [],
      status: false,
      parents: new Map(),
      files: [],
      event: false,
    };
    this.#late.set(keyOf(vm.place), none);
    return none;
  }

  /** Whether this sign of the merge that begins now is to be late; then it is counted as used. */
  takes(sign: Sign, { lab, host }: SimVm): boolean {
    const { faults } = this.#world;
    const fault = faults.take('merge-sign-late', { vm: [lab.id, lab.name], host, sign });
    if (fault?.milliseconds !== undefined)
      this.#world.later(fault.milliseconds, () => this.release(host, lab.id));
    return fault !== undefined;
  }

  keepCheckpoints(vm: SimVm, checkpoints: readonly LabCheckpoint[]): void {
    this.#of(vm).checkpoints.push(...checkpoints);
  }

  keepStatus(vm: SimVm): void {
    this.#of(vm).status = true;
  }

  keepEvent(vm: SimVm): void {
    this.#of(vm).event = true;
  }

  keepParent(vm: SimVm, file: string, parent: string): void {
    this.#of(vm).parents.set(file, parent);
  }

  /** The merged file, under another name until the merge has taken its own away. */
  async setAside(vm: SimVm, file: string): Promise<void> {
    await link(file, `${file}.late`);
    this.#of(vm).files.push(file);
  }

  /** Called when the merge is over: what was set aside is there again. */
  async bringBack(vm: SimVm): Promise<void> {
    for (const file of this.#of(vm).files) await rename(`${file}.late`, file);
  }

  checkpoints(vm: SimVm): readonly LabCheckpoint[] {
    return this.#late.get(keyOf(vm.place))?.checkpoints ?? [];
  }

  status(vm: SimVm): boolean {
    return this.#late.get(keyOf(vm.place))?.status ?? false;
  }

  parentOf(file: string): string | undefined {
    for (const { parents } of this.#late.values()) {
      const parent = parents.get(file);
      if (parent !== undefined) return parent;
    }
    return undefined;
  }

  /** All signs of this VM on this host are as things are. */
  async release(host: string, vmId: string): Promise<void> {
    const key = keyOf({ host, vmId });
    const late = this.#late.get(key);
    if (late === undefined) return;
    this.#late.delete(key);
    for (const file of late.files) await rm(file, { force: true });
    if (late.event) await this.#world.log.add(late.vm, MERGE.finished);
  }

  async releaseAll(): Promise<void> {
    for (const { vm } of [...this.#late.values()]) await this.release(vm.host, vm.place.vmId);
  }
}
